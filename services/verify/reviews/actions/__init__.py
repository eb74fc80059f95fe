"""What people can do about review items."""
