"""What pages and the API show: queries over one read-only connection."""
