"""Nomination votes: boxes, sealed papers, counts. Nothing here knows a score."""
