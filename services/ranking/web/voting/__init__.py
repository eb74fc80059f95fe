"""Boxes, papers, counts."""
