"""What can be seen of reviews."""
