"""Councils, their units and clusters, and who belongs where, and when."""
