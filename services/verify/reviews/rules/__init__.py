"""What is true of review items."""
