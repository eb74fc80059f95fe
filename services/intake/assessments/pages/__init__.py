"""Assessments: pages."""
