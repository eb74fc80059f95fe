"""Ballots: exact fractions, methods, papers, boxes and tallies. Knows nothing of scores."""
