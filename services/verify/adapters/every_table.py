"""All tables of verify: importing the modules that describe them is what fills `metadata`."""

from services.verify.adapters import incoming_tables, late_tables, review_tables, triage_tables
from services.verify.adapters.tables import metadata

__all__ = ["incoming_tables", "late_tables", "metadata", "review_tables", "triage_tables"]
