"""JSON APIs and pages."""
