"""Has a migration that must not pass."""
