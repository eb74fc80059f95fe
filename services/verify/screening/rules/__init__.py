"""How claims are compared: with sources, with each other, with the past."""
