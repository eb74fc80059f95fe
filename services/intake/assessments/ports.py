"""What the work on self-assessments needs from the outside."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.intake.assessments.model import Draft
from services.intake.cycles.model import CycleCluster
from services.intake.files.model import Upload


class Assessments(Protocol):
    """Drafts, what was sent of them, and the files units brought."""

    def draft(self, cycle: str, unit: str, *, lock: bool = False) -> Draft | None: ...

    def begin(self, cycle: str, clusters: Sequence[CycleCluster]) -> None:
        """Give every member its empty self-assessment."""
        ...

    def save_draft(self, draft: Draft, at: datetime) -> None: ...

    def add_upload(self, upload: Upload) -> None: ...

    def uploads(self, cycle: str, unit: str, sha256s: Iterable[str]) -> Mapping[str, Upload]: ...
