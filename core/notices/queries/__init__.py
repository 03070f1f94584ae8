"""Reads of to-dos, notices, receipts and settings."""
