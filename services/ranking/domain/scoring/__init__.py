"""Counts: inputs, standings as RANKING, simulation, editions. Knows no ballot, no database and no server."""
