"""What members ask about each other's items, and the answers."""
