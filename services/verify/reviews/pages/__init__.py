"""Pages about review items."""
