"""The claims in PostgreSQL."""
