"""What actions and queries need of the claims."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from services.verify.claims.model import CycleRecord
from shared.plumbing.leases import Work


class Cycles(Protocol):
    """Read models of intake's cycles and submissions."""

    def find(self, cycle: str) -> CycleRecord | None:
        """The cycle, if it arrived."""
        ...

    def lock(self, cycles: Iterable[str]) -> None:
        """Hold these cycles until the end of the transaction: what changes screenings or what counts takes turns."""
        ...

    def take_turns(self) -> None:
        """To be called by whoever may lock several cycles one after the other, so that no two wait for each other."""
        ...

    def record(self, data: Mapping[str, Any], now: datetime) -> bool:
        """Take over a cycle's full state. True if screenings rest on something else now, or wait no longer."""
        ...

    def is_member(self, cycle: str, unit: str) -> bool:
        """Whether the unit is a member of the cycle."""
        ...

    def members(self, cycle: str) -> Mapping[str, str]:
        """Unit → cluster."""
        ...

    def unit_names(self, cycle: str) -> Mapping[str, Sequence[str]]:
        """Unit → its names in all languages."""
        ...

    def record_submission(self, data: Mapping[str, Any], now: datetime) -> bool:
        """Keep a version of a self-assessment and make it the current one; False if it already was."""
        ...

    def record_covenant(self, data: Mapping[str, Any]) -> bool:
        """Take over a signed covenant's full state; False if it said so before."""
        ...

    def record_challenge(self, data: Mapping[str, Any]) -> bool:
        """Take over a challenge's full state; False if it said so before."""
        ...

    def revoke_sessions(self, account: str, before: datetime) -> None:
        """Remember that tokens issued before a moment are void."""
        ...

    def touched(self, council: str, units: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The living cycles of a council that have some of these units as members: cycle → those units."""
        ...

    def count_change(self, cycle: str, units: Collection[str] | None) -> Mapping[str | None, int]:
        """Count a change for units (None: all) and say which screenings are due: unit → count, None → the cohort's.

        Units of clusters that still wait for somebody are screened alone; nothing is due in an archived cycle.
        """
        ...

    def cohort_units(self, cycle: str) -> Sequence[str]:
        """The units of the complete clusters that have sent a self-assessment."""
        ...

    def company(self, cycle: str, unit: str) -> Sequence[str]:
        """The units of a unit's cluster that have sent a self-assessment, itself included."""
        ...

    def sent_number(self, cycle: str, unit: str) -> int:
        """The number of the unit's current self-assessment; 0 without one."""
        ...

    def seats(self, cycle: str, cluster: str) -> tuple[Sequence[str], Sequence[str]]:
        """The units of a cluster that head it or are its deputies, and all its units."""
        ...

    def newest_change(self, cycle: str, unit: str | None) -> int | None:
        """The count a screening of the unit alone (None: of the cohort) has to rest on; None if none is wanted."""
        ...


class Screenings(Protocol):
    """Rows of work."""

    def request(self, kind: str, key: str, payload: Mapping[str, Any]) -> bool:
        """Ask for a piece of work once; False if it was asked for before."""
        ...

    def hold(self, work: Work) -> None:
        """Make sure that the work is still ours as this transaction commits; raises LeaseLost if it is not."""
        ...

    def finish(self, work: Work, state: str) -> None:
        """Mark a claimed piece of work `done` or `discarded`; raises LeaseLost if somebody else holds it now."""
        ...
