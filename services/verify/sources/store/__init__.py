"""Sources and their figures in PostgreSQL."""
