"""What stands behind voting's ports: its tables, and the private keys of boxes in files."""
