"""Which tenant a request, job or command serves, and what a worker remembers of it."""
