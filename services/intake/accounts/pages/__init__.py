"""Accounts: pages."""
