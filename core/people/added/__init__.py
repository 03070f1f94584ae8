"""Further typed fields of every member, which plugins declare and the core keeps (architecture §4)."""
