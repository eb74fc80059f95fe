"""Inbox: rows."""
