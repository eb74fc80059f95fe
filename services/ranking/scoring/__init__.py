"""Scoring: what intake and verify say, freezing a cluster's scores, standings."""
