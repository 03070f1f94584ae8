"""The hosting side: tenants made, listed and shown, and the demonstration county."""
