"""The verbs of access: roles, grants, delegations."""
