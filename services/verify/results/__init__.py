"""What counts for each item, and verify's feed that says it."""
