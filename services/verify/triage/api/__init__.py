"""What is looked at first, for machines."""
