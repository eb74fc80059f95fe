"""Pages of what is looked at first."""
