"""Assessments: workbooks and CSV."""
