"""The version of the plugin SDK, which counts by itself: plugins name the range they work with."""

#: Semantic: a plugin made for ``>=1,<2`` works with every 1.x.
SDK = "1.0.0"
