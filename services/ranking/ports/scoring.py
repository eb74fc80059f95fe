"""What scoring needs: stored things, and who keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from services.ranking.domain.cohort import Cluster, Cycle
from services.ranking.domain.sheet import FrozenUnit

# Names of the lock under which a cycle's read models, sheets and editions change; the cycle's code follows.
CYCLE_LOCK = ("ranking", "cycle")


@dataclass(frozen=True)
class FrozenSheet:
    """The head of a frozen score sheet. `reason` says why it followed another one; None for the first."""

    cycle: str
    cluster: str
    version: int
    council: str
    council_title: Mapping[str, str]
    cycle_title: Mapping[str, str]
    cluster_title: Mapping[str, str]
    method: str
    synthetic: bool
    notice: Mapping[str, str] | None
    framework_sha256: str
    sheet_sha256: str
    frozen_at: datetime
    frozen_by: str
    reason: str | None


@dataclass(frozen=True)
class StoredPublication:
    """The Council's act that made an edition public."""

    record_number: str
    decided_on: date
    recorded_at: datetime


@dataclass(frozen=True)
class StoredEdition:
    """An edition without its bytes. `sheets`: [{"cluster", "version", "sheet_sha256"}]; `changes`: see `Editions`."""

    cycle: str
    audience: str
    number: int
    edition_sha256: str
    previous_sha256: str | None
    inputs_sha256: str
    key_id: str
    issued_at: datetime
    issued_by: str
    sheets: Sequence[Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]]
    synthetic: bool
    publication: StoredPublication | None = None


class ScoringRecords(Protocol):
    """Read models and history over one transaction; see `adapters.scoring.records`."""

    def cycles(self) -> list[Cycle]: ...
    def cycle(self, code: str) -> Cycle | None: ...
    def framework_document(self, sha256: str) -> Mapping[str, Any]: ...
    def clusters(self, cycle: str) -> list[Cluster]: ...
    def lock(self, *names: str) -> None: ...
    def newest_sheets(self, cycle: str) -> list[FrozenSheet]: ...
    def sheet(self, cycle: str, cluster: str, version: int | None = None) -> FrozenSheet | None: ...
    def frozen_units(self, sheet: FrozenSheet) -> tuple[FrozenUnit, ...]: ...
    def add_sheet(self, sheet: FrozenSheet, document: bytes, units: Sequence[FrozenUnit]) -> None: ...
    def editions(self, cycle: str) -> list[StoredEdition]: ...
    def published_editions(self) -> list[StoredEdition]: ...
    def edition(self, cycle: str, audience: str, number: int) -> StoredEdition | None: ...
    def last_edition(self, cycle: str, audience: str) -> StoredEdition | None: ...
    def edition_document(self, cycle: str, audience: str, number: int) -> bytes: ...
    def add_edition(self, edition: StoredEdition, document: bytes) -> None: ...
    def add_publication(self, edition: StoredEdition, publication: StoredPublication, account: str) -> None: ...
