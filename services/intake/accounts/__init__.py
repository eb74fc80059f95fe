"""Accounts, sign-in, sessions, keys, and offices that pass on."""
