"""How claims are compared with sources, with each other and with the past."""
