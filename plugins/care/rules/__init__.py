"""The rules of care (R6.01 to R6.15), as pure functions: dates come in, nothing is read or written."""
