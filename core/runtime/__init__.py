"""What the product runs on: PostgreSQL and Valkey (started here or elsewhere), its processes and their supervision."""
