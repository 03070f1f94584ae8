"""Reads of the organisation: columns rather than entities, statements built once, on the fast read path."""
