"""Sources for machines."""
