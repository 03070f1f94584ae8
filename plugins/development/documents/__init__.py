"""Papers of the development of members: definitions, templates, filling, printing, what was printed."""
