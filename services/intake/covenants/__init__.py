"""Targets that a unit registers for a cycle, signs, and revises."""
