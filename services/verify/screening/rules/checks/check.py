"""What a check is, and what it sees."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from services.verify.screening.model import Finding, Severity
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.comparison import Agreement, Arithmetic, agreement, arithmetic
from services.verify.screening.rules.judgement import Judgement, judge
from services.verify.screening.rules.robust import Floats, Truth
from shared.contracts.sentences import Sentence


@dataclass(frozen=True)
class Result:
    """What a check found. `suspicion` (n, k): what its rule makes of each claim, 0 where nothing; `asks` (n, k)."""

    findings: tuple[Finding, ...] = ()
    suspicion: Floats | None = None
    asks: Truth | None = None


@dataclass
class View:
    """The cohort, what can be worked out from it (once, when first asked for), and what earlier checks found."""

    cohort: Cohort
    ruled: Floats = field(init=False)
    asks: Truth = field(init=False)

    def __post_init__(self) -> None:
        self.ruled = np.zeros(self.cohort.shape)
        self.asks = np.zeros(self.cohort.shape, dtype=bool)

    def take(self, result: Result) -> None:
        """Adds what a check's rule says; the largest suspicion stands."""
        if result.suspicion is not None:
            self.ruled = np.maximum(self.ruled, result.suspicion)
        if result.asks is not None:
            self.asks = self.asks | result.asks

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """Self-scores against the rules."""
        return arithmetic(self.cohort)

    @cached_property
    def agreement(self) -> Agreement:
        """Claims against `same` sources."""
        return agreement(self.cohort)

    @cached_property
    def judgement(self) -> Judgement:
        """Statistics over the cohort; checks that compare come after those that go by rules."""
        return judge(self.cohort, self.agreement, self.ruled, self.asks)

    def cells(self, chosen: Truth) -> Iterator[tuple[int, int]]:
        """(unit, item) of the chosen items that were claimed, in order."""
        rows, columns = np.nonzero(chosen & self.cohort.given[:, : chosen.shape[1]])
        yield from zip(rows.tolist(), columns.tolist(), strict=True)

    def finding(
        self, code: str, severity: Severity, row: int, column: int | None, said: Sentence, **numbers: float
    ) -> Finding:
        """A finding on an item, or on the unit as a whole (`column` None). Numbers that are unknown are left out."""
        return Finding(
            code=code,
            severity=severity,
            unit=self.cohort.units[row],
            cluster=self.cohort.clusters[row],
            criterion="" if column is None else self.cohort.framework.items[column].code,
            sentence=said,
            numbers={name: number for name, number in numbers.items() if np.isfinite(number)},
        )


class Check(Protocol):
    """A small object in an explicit list. `compares`: needs the whole cohort, so it waits for the cohort screening."""

    code: str
    compares: bool

    def applies(self, cohort: Cohort) -> Sentence | None:
        """None if it can run; else why it cannot: what is lacking."""
        ...

    def run(self, view: View) -> Result:
        """What it finds. Whatever it raises makes it inconclusive."""
        ...
