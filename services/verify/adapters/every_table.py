"""All tables of verify: importing the modules that describe them is what fills `metadata`."""

from services.verify.adapters import late_tables, review_tables
from services.verify.adapters.tables import metadata

__all__ = ["late_tables", "metadata", "review_tables"]
