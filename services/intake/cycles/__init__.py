"""Cycles: their framework, frozen clusters, deadlines, quotas and what they roll up."""
