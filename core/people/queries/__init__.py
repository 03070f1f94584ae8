"""Reads of the roster: lists with filters, one person with history, the places lists are made of, doubtful records."""
