"""Cycles, freezes, standings, editions."""
