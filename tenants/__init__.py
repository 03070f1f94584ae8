"""The hosting side: what the operator of a machine does with tenants; it imports `core`, and `core` never imports it."""
