"""The pages of plans and registers."""
