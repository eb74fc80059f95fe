"""What can be done about many items at once."""
