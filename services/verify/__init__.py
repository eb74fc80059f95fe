"""Checks self-assessments against independent sources; staff decide; publishes what counts."""
