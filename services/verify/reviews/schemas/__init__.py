"""What comes in and goes out about review items."""
