"""All tables of intake: importing the modules that describe them is what fills `metadata`."""

from services.intake.adapters import (
    account_tables,
    adoption_tables,
    covenant_tables,
    explanation_tables,
    keeping_tables,
    notice_tables,
    round_tables,
    verified_tables,
)
from services.intake.adapters.tables import metadata

__all__ = [
    "account_tables",
    "adoption_tables",
    "covenant_tables",
    "explanation_tables",
    "keeping_tables",
    "metadata",
    "notice_tables",
    "round_tables",
    "verified_tables",
]
