"""What every door of intake is made of, and the small things they share."""

from dataclasses import dataclass

from services.intake.ports import EvidenceFiles, Intake, Printer
from shared.contracts.refusals import Kind

# What a page shows beside the form instead of on a page of its own.
SHOWN_IN_PLACE = (Kind.INVALID, Kind.STALE, Kind.UNSUPPORTED, Kind.TOO_LARGE)


@dataclass(frozen=True)
class Parts:
    """Where the doors find things."""

    intake: Intake
    files: EvidenceFiles
    printer: Printer
