"""Meetings of a cluster and their signed minutes."""
