"""Reads of care. Each is limited to where the viewer holds the permission, and guarded kinds to whom they are for."""
