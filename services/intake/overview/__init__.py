"""Pages that show several subjects at once: what is to do, and one cycle."""
