"""What is announced to whom."""
