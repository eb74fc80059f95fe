"""What can be done in intake; each use case commits once."""
