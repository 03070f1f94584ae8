"""Extension points: what others may hang into the core, and where the core asks them."""
