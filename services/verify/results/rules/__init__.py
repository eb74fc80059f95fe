"""What counts for a claim."""
