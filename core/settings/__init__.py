"""The tenant's settings: what it is, and the values its rules use."""
