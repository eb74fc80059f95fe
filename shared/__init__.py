"""What the services have in common: the criteria language, the contracts between them, the plumbing."""
