"""What can be seen of what is looked at first."""
