"""Independent sources: what they say, and how their figures come in."""
