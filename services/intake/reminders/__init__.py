"""What is owed, by when, and reminding of it."""
