"""What is held on a person, shown to that person: view, export, and the request for a correction."""
