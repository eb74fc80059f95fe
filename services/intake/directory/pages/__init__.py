"""Directory: pages."""
