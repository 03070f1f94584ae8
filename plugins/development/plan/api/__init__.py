"""The API of plans and registers."""
