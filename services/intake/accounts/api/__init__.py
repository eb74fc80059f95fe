"""Accounts: endpoints."""
