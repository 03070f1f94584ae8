"""The verbs of the organisation. Each is one transaction, asks the rules, and records who did what."""
