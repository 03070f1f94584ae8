"""Deadlines and reminders computed from registered rules, to-dos, notices with read receipts, and their delivery."""
