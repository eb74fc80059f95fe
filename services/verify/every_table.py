"""All tables of verify: importing the modules that describe them is what fills `metadata`."""

from services.verify.claims import tables as claim_tables
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
from services.verify.sources import tables as source_tables
from services.verify.tables import metadata
from services.verify.triage import tables as triage_tables

__all__ = ["claim_tables", "metadata", "result_tables", "review_tables", "source_tables", "triage_tables"]
