"""Imports of any kind of record from any workbook: look, map, check, apply in batches, undo as a whole.

A domain part registers an ``ImportKind`` (``kinds``); everything else here is the same for all of them.
"""
