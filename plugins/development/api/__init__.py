"""The API of the plugin; each module hangs the verbs of one part."""
