"""Counts: scoring (score sheets, standings, editions) and voting (ballots), which do not know each other."""
