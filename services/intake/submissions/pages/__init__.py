"""Submissions: pages."""
