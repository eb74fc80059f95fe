"""What verify is told: claims, what supports them, independent figures, and earlier rounds."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np

from services.verify.domain.robust import Floats, Whole
from shared.criteria.model import Framework
from shared.criteria.tables import Claims, History, Observations


class Basis(IntEnum):
    """What an item's independent points rest on, weakest first."""

    NOTHING = 0
    RELATED = 1  # another body's rating, mapped
    OLDER = 2  # a `same` source's figure for an older period
    SAME = 3  # a `same` source's figure for this period


@dataclass(frozen=True, slots=True)
class EvidenceDocument:
    """A document named in support of a claim. `sha256` is None where only its reference may be stored."""

    document_number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    signer: str = ""
    sha256: str | None = None
    reference_only: bool = False

    def lacks(self) -> tuple[str, ...]:
        """What the law wants named and is not: document_number, issuer, issued_on, signer, file."""
        gaps = [name for name in ("document_number", "issuer", "signer") if not getattr(self, name).strip()]
        gaps += ["issued_on"] if self.issued_on is None else []
        gaps += ["file"] if self.sha256 is None and not self.reference_only else []
        return tuple(gaps)


@dataclass(frozen=True, slots=True)
class Registered:
    """What a signed covenant says beside the target: what it can be held against, and which document revised it."""

    baseline: float | None = None  # last year's result, as the unit gave it
    assigned: float | None = None
    national: float | None = None
    revised_by: str = ""  # number of the document, "" where none is named


@dataclass(frozen=True, slots=True)
class Claim:
    """What one unit says about one criterion. `evidence`: None where nobody told us (files), () where there is none.

    `registered`: None where no covenant registers a target for it.
    """

    unit: str
    cluster: str
    criterion: str
    value: float | None = None
    self_points: float | None = None
    target: float | None = None
    revised_target: float | None = None
    recognised_by: str | None = None  # the act behind `revised_target`, where the Board recognised it
    evidence: tuple[EvidenceDocument, ...] | None = None
    registered: Registered | None = None


@dataclass(frozen=True, slots=True)
class PastClaim:
    """The same item in an earlier round, with the points that counted then, if known."""

    unit: str
    criterion: str
    period: str
    value: float | None = None
    self_points: float | None = None
    target: float | None = None
    verified_points: float | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """An independent figure: of one source, one unit, one indicator, one period. `status` is final or preliminary.

    `release` and `row` say where it stands in the raw file (services; files have none).
    """

    source: str
    unit: str
    indicator: str
    period: str
    value: float
    status: str = "final"
    release: uuid.UUID | None = None
    row: int | None = None

    @property
    def preliminary(self) -> bool:
        """Whether its publisher may still change it."""
        return is_preliminary(self.status)


def is_preliminary(status: str) -> bool:
    """`preliminary`, `prelim.`, `provisional`, `p` … against everything else, which is final."""
    word = status.strip().lower()
    return word.startswith(("prelim", "provis", "estim")) or word in ("p", "e", "sơ bộ", "ước")


def tables_of(
    framework: Framework,
    claims: Sequence[Claim],
    observations: Sequence[Observation] = (),
    history: Sequence[PastClaim] = (),
) -> tuple[Claims, Observations, History]:
    """The same as columns, as the readers of files give them; `line` is each row's place in the sequence, from 0.

    Raises ValueError for a unit in two clusters or a row given twice, KeyError for an unknown criterion.
    """
    cluster_of: dict[str, str] = {}
    for claim in claims:
        if cluster_of.setdefault(claim.unit, claim.cluster) != claim.cluster:
            raise ValueError(f"unit {claim.unit} is in two clusters")
    columns = _claims(framework, claims, cluster_of, [claim.revised_target for claim in claims])
    past_units = {past.unit: cluster_of.get(past.unit, "") for past in history}
    past = _claims(framework, history, past_units, [None] * len(history))
    periods = _Names(row.period for row in history)
    return (
        columns,
        _observations(observations),
        History(past, periods.names, periods.numbers, _numbers([row.verified_points for row in history])),
    )


def _claims(
    framework: Framework,
    rows: Sequence[Claim] | Sequence[PastClaim],
    cluster_of: Mapping[str, str],
    revised: Sequence[float | None],
) -> Claims:
    units = _Names(row.unit for row in rows)
    items = np.array([framework.columns[row.criterion] for row in rows], dtype=np.int64)
    periods = _Names(getattr(row, "period", "") for row in rows)
    if not _all_different(units, periods, items):
        raise ValueError("a row is given twice")
    return Claims(
        units=units.names,
        clusters=tuple(cluster_of[unit] for unit in units.names),
        unit=units.numbers,
        item=items,
        value=_numbers([row.value for row in rows]),
        self_points=_numbers([row.self_points for row in rows]),
        target=_numbers([row.target for row in rows]),
        revised_target=_numbers(revised),
        line=np.arange(len(rows)),
    )


def _observations(rows: Sequence[Observation]) -> Observations:
    sources, units = _Names(row.source for row in rows), _Names(row.unit for row in rows)
    indicators, periods = _Names(row.indicator for row in rows), _Names(row.period for row in rows)
    statuses = _Names(row.status for row in rows)
    if not _all_different(sources, units, indicators, periods.numbers):
        raise ValueError("an observation is given twice")
    return Observations(
        sources=sources.names,
        units=units.names,
        indicators=indicators.names,
        periods=periods.names,
        statuses=statuses.names,
        source=sources.numbers,
        unit=units.numbers,
        indicator=indicators.numbers,
        period=periods.numbers,
        status=statuses.numbers,
        value=_numbers([row.value for row in rows]),
        line=np.arange(len(rows)),
    )


class _Names:
    """Words in order, and the number of each."""

    def __init__(self, words: Iterable[str]) -> None:
        given = list(words)
        self.names = tuple(sorted(set(given)))
        number = {name: index for index, name in enumerate(self.names)}
        self.numbers = np.array([number[word] for word in given], dtype=np.int64)


def _all_different(*keys: "_Names | Whole") -> bool:
    """Whether no combination of these keys occurs twice."""
    numbers = [key.numbers if isinstance(key, _Names) else key for key in keys]
    combined = np.zeros(numbers[0].shape, dtype=np.int64)
    for number in numbers:
        combined = combined * (int(number.max(initial=0)) + 1) + number
    return np.unique(combined).size == combined.size


def _numbers(given: Sequence[float | None]) -> Floats:
    return np.array([np.nan if number is None else number for number in given], dtype=np.float64)
