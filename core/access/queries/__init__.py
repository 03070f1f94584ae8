"""What pages, the API and commands ask about roles and grants."""
