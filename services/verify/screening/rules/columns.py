"""Claims, figures and earlier rounds as columns of numbers."""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

import numpy as np

from services.verify.claims.model import Claim, PastClaim
from services.verify.screening.rules.robust import Floats, Whole
from services.verify.sources.model import Observation
from shared.criteria.model import Framework
from shared.criteria.tables import Claims, History, Observations


class Basis(IntEnum):
    """What an item's independent points rest on, weakest first."""

    NOTHING = 0
    RELATED = 1  # another body's rating, mapped
    OLDER = 2  # a `same` source's figure for an older period
    SAME = 3  # a `same` source's figure for this period


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
