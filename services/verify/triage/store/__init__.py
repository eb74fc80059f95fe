"""Plans, draws and joint acceptances in PostgreSQL."""
