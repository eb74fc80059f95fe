"""Review items and their steps in PostgreSQL."""
