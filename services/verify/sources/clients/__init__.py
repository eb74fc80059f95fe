"""How files are fetched from publishers."""
