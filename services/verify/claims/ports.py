"""What actions and queries need of the claims."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from services.verify.claims.model import (
    Challenge,
    Claim,
    ClaimVersion,
    ClusterCount,
    CountedMember,
    CycleOfMember,
    CycleRecord,
    EarlierPeriod,
    Evidence,
    EvidenceDocument,
    ListedCycle,
    Member,
    Membership,
    SentVersion,
    ShownChallenge,
    ShownCluster,
    ShownCycle,
    ShownUnit,
)
from shared.plumbing.leases import Work


class Cycles(Protocol):
    """Cycles, clusters and members: read models of intake's feed."""

    def find(self, cycle: str) -> CycleRecord | None:
        """The cycle, if it arrived."""

    def lock(self, cycles: Iterable[str]) -> None:
        """Hold these cycles until the end of the transaction, in a fixed order."""

    def take_turns(self) -> None:
        """Actions that may lock several cycles one after the other go alone, so that no two wait for each other."""

    def record(self, data: Mapping[str, Any], now: datetime) -> None:
        """Take over a cycle's full state; clusters and members that it no longer names go."""

    def is_member(self, cycle: str, unit: str) -> bool:
        """Whether the unit is a member of the cycle."""

    def members(self, cycle: str) -> Mapping[str, str]:
        """Unit → cluster."""

    def unit_names(self, cycle: str) -> Mapping[str, Sequence[str]]:
        """Unit → its names in all languages."""

    def record_submission(self, data: Mapping[str, Any], now: datetime) -> bool:
        """Keep a version of a self-assessment and make it the current one; False if it already was."""

    def record_covenant(self, data: Mapping[str, Any]) -> bool:
        """Take over a signed covenant's full state; False if it said so before."""

    def record_challenge(self, data: Mapping[str, Any]) -> bool:
        """Take over a challenge's full state; False if it said so before."""

    def revoke_sessions(self, account: str, before: datetime) -> None:
        """Remember that tokens issued before a moment are void; the later moment stays."""

    def touched(self, council: str, units: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The living cycles of a council that have some of these units as members: cycle → those units."""

    def count_changes(self, cycle: str, units: Collection[str] | None) -> Sequence[CountedMember]:
        """Count a change for units (None: all members)."""

    def count_cohort_change(self, cycle: str) -> int:
        """Count a change for the cohort; how many there were."""

    def changes(self, cycle: str) -> int:
        """How many changes were counted for the cohort."""

    def counted_member(self, cycle: str, unit: str) -> CountedMember | None:
        """A member with its count."""

    def state(self, cycle: str) -> str | None:
        """Where the cycle stands; None for an unknown one."""

    def cluster_counts(self, cycle: str, among: Collection[str] | None = None) -> Sequence[ClusterCount]:
        """How many members each cluster (of these) has, and how many have sent a self-assessment."""

    def units_sent(self, cycle: str, clusters: Collection[str]) -> Sequence[str]:
        """The units of these clusters that have sent a self-assessment."""

    def note_screening(
        self,
        cycle: str,
        screening: uuid.UUID,
        notes: Sequence[Mapping[str, Any]],
        expected_false: float,
        now: datetime,
    ) -> None:
        """Keep what the newest cohort screening says of the whole, and how many of its flags may be honest."""

    def cluster_members_who_submitted(self, cycle: str, unit: str) -> Sequence[str]:
        """The units of a unit's cluster that have sent a self-assessment, itself included."""

    def sent_number(self, cycle: str, unit: str) -> int:
        """The number of the unit's current self-assessment; 0 without one."""

    def seats(self, cycle: str, cluster: str) -> tuple[Sequence[str], Sequence[str]]:
        """The units of a cluster that head it or are its deputies, and all its units."""

    def listed(self, councils: Collection[str]) -> Sequence[ListedCycle]:
        """The cycles of these councils, the newest period first."""

    def shown(self, cycle: str, councils: Collection[str]) -> ShownCycle | None:
        """A cycle of one of these councils with its framework."""

    def of_member(self, cycle: str, unit: str) -> CycleOfMember | None:
        """A cycle in which a unit is a member, whoever asks."""

    def memberships(self, homes: Mapping[str, Sequence[str]]) -> Sequence[Membership]:
        """The cycles in which these units (by council) are members, newest period first."""

    def listed_members(self, cycle: str) -> Sequence[Member]:
        """The members of a cycle, cluster by cluster in the cycle's order."""

    def cluster(self, cycle: str, cluster: str) -> ShownCluster | None:
        """A cluster's code and title."""

    def titles(self, cycle: str) -> Mapping[str, Mapping[str, str]]:
        """Unit → its title in all languages."""

    def living_frameworks(self, council: str) -> Sequence[tuple[Mapping[str, Any], str]]:
        """The frameworks of a council's living cycles, with their hashes."""

    def living_units(self, council: str) -> Sequence[ShownUnit]:
        """The units of the living cycles of a council, by code."""

    def councils(self, councils: Collection[str]) -> Mapping[str, str]:
        """Cycle → council, of these councils."""

    def void_before(self, account: str) -> datetime | None:
        """The moment before which the account's tokens are void, if intake has named one."""


class Claims(Protocol):
    """Current claims with what supports and disputes them, and earlier cycles."""

    def sent(self, cycle: str, units: Collection[str]) -> dict[str, SentVersion]:
        """The current version of each unit that has sent one."""

    def current(self, cycle: str, units: Collection[str]) -> list[Claim]:
        """The claims in the units' current self-assessments, by unit and criterion."""

    def evidence(self, submission: int, criterion: str) -> Sequence[Evidence]:
        """What supports a claim, as it was sent."""

    def shown_challenges(self, cycle: str, unit: str, criterion: str) -> Sequence[ShownChallenge]:
        """What other members ask about an item, oldest first, with their titles."""

    def versions(self, cycle: str, unit: str, criterion: str) -> Sequence[ClaimVersion]:
        """What each version of the self-assessment said of an item, newest first."""

    def challenges(self, cycle: str, units: Collection[str]) -> dict[tuple[str, str], list[Challenge]]:
        """Challenges that were not withdrawn, by unit and criterion, oldest first."""

    def before(self, cycle: str) -> Sequence[EarlierPeriod]:
        """The cycles of the same council and kind of period that ended before this one, in the order of their ends."""

    def beginnings(self, cycle: str) -> Mapping[str, date]:
        """The first days of the cycle's units that followed upon others, or took others in."""

    def documents(self, cycle: str, units: Collection[str]) -> Mapping[str, Sequence[EvidenceDocument]]:
        """What supported these units' claims in a cycle, by unit."""


class ScreeningWork(Protocol):
    """Rows of work that ask for screenings."""

    def request(self, kind: str, key: str, payload: Mapping[str, Any]) -> bool:
        """Ask for a piece of work once; False if it was asked for before."""

    def hold(self, work: Work) -> None:
        """Make sure that the work is still ours as this transaction commits; raises LeaseLost if it is not."""

    def finish(self, work: Work, state: str) -> None:
        """Mark a claimed piece of work `done` or `discarded`; raises LeaseLost if somebody else holds it now."""
