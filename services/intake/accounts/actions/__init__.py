"""Accounts: what can be done."""
