"""Accounts: rows."""
