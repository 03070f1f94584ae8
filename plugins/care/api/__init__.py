"""The verbs of care's API."""
