"""Consolation rounds, and greetings for 1 July and political birthdays."""
