"""Criteria that are proposed, discussed and confirmed before a cycle opens."""
