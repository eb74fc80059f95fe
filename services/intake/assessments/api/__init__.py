"""Assessments: endpoints."""
