"""Review items for machines."""
