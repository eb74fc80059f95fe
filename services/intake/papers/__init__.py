"""Official papers: what stands on all of them, and how they become PDF."""
