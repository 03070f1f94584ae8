"""Eight plugins that do what a plugin must not do, each in a package of its own."""
