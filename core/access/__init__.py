"""Who may do what, where: roles, grants on units, and the gate before every route."""
