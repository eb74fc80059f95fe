"""Items that a unit gives to contributors."""
