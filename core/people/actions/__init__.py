"""The verbs of the roster. Each is one transaction: load, ask the rules, change, write down what changed."""
