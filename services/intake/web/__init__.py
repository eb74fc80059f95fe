"""Intake's JSON API and pages."""
