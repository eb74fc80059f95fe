"""Files: other machines and files."""
