"""Administration: pages."""
