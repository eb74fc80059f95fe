"""What a screening looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from services.verify.claims.model import (
    Challenge,
    Claim,
    CycleRecord,
    EvidenceDocument,
    ItemKey,
    PastClaim,
    SentVersion,
)
from services.verify.screening.rules.cohort import Cohort, cohort_of
from services.verify.sources.model import Observation
from shared.criteria.model import Framework


@dataclass(frozen=True)
class Given:
    """Current claims of some units, the newest independent figures about them, and what other members ask."""

    sent: Mapping[str, SentVersion]
    claims: Sequence[Claim]
    observations: Sequence[Observation]
    challenges: Mapping[ItemKey, Sequence[Challenge]] = field(default_factory=dict)


@dataclass(frozen=True)
class Material:
    """A cycle's framework, current claims of some of its units, and the newest figures about them."""

    cycle: CycleRecord
    framework: Framework
    given: Given
    history: Sequence[PastClaim] = ()
    earlier_documents: Mapping[str, Sequence[EvidenceDocument]] = field(default_factory=dict)

    @property
    def units(self) -> tuple[str, ...]:
        """The units, by code."""
        return tuple(sorted(self.given.sent))

    @cached_property
    def recognised(self) -> Mapping[str, Mapping[str, Claim]]:
        """Unit and criterion → the claim whose changed target the Board recognised."""
        found: dict[str, dict[str, Claim]] = {}
        for claim in self.given.claims:
            if claim.recognised_by is not None:
                found.setdefault(claim.unit, {})[claim.criterion] = claim
        return found

    def without_claims(self) -> "Material":
        """The same without what only a cohort is built from: it would fill the memory of large cycles twice."""
        kept = [claim for claim in self.given.claims if claim.recognised_by is not None]
        return replace(self, given=replace(self.given, claims=kept), history=(), earlier_documents={})

    def cohort(self, *, complete: bool) -> Cohort:
        """The claims as arrays. Claims on criteria that the framework no longer has are left out."""
        claims = [claim for claim in self.given.claims if claim.criterion in self.framework.columns]
        return cohort_of(
            self.framework,
            claims,
            self.given.observations,
            self.history,
            self.cycle.period,
            earlier_documents=self.earlier_documents,
            challenges=self.given.challenges,
            complete=complete,
        )
