"""The Dangjian core: tenancy, sign-in, the organisation hierarchy, the roster and the plugin host."""
