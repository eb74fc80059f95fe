"""Editions: rankings with everything they were computed from, numbered, signed and chained."""
