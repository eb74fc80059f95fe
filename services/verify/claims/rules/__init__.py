"""What is true of claims."""
