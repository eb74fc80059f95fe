"""The table of a cluster as pages show it: one form for sheets and editions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.ranking.scoring.model import ClusterStandings, FrozenUnit
from shared.criteria import model
from shared.criteria.ticks import decimal_text

Title = Mapping[str, str]


@dataclass(frozen=True)
class Cell:
    """One part in a table: points (decimal text or None) and how they are known."""

    points: str | None
    status: str | None


@dataclass(frozen=True)
class Row:
    """One unit. `cells` in the order of the columns; `gates` that apply to it."""

    unit: str
    title: Title
    rank: int | None
    total: str | None
    share: float | None
    cells: tuple[Cell, ...]
    gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A criterion, bonus or penalty with its name and what it is worth."""

    code: str
    title: Title
    max_points: float | None


@dataclass(frozen=True)
class ClusterTable:
    """One cluster's table."""

    cluster: str
    title: Title
    rows: tuple[Row, ...]

    @property
    def unranked(self) -> bool:
        """Whether some unit has no rank."""
        return any(row.rank is None for row in self.rows)


def columns_of(framework: model.Framework) -> tuple[Column, ...]:
    """The columns of every table of a framework."""
    criteria = [Column(c.code, _title(c.title), c.max_points) for c in framework.criteria]
    bonuses = [Column(bonus.code, _title(bonus.title), None) for bonus in framework.bonuses]
    penalties = [Column(penalty.code, _title(penalty.title), None) for penalty in framework.penalties]
    return (*criteria, *bonuses, *penalties)


def shown_decimals(framework: model.Framework) -> int:
    """Decimals of parts on pages: those of the total, but at least one where parts are not rounded."""
    return framework.rounding if framework.aggregation == "sum" else max(framework.rounding, 1)


def _title(title: model.Title) -> Title:
    return {"vi": title.vi, "en": title.en}


def standings_table(shown: ClusterStandings, columns: Sequence[Column]) -> ClusterTable:
    """The table of a frozen sheet."""
    rows = tuple(_row(shown, row, columns) for row in shown.order)
    return ClusterTable(shown.sheet.cluster, shown.sheet.cluster_title, rows)


def _row(shown: ClusterStandings, row: int, columns: Sequence[Column]) -> Row:
    unit, standings, framework = shown.units[row], shown.standings, shown.framework
    rank = int(standings.rank[row])
    share = math.nan if standings.share_verified is None else float(standings.share_verified[row])
    figures = [*standings.criteria[row].tolist(), *standings.additions[row].tolist()]
    status = {score.criterion: score.status for score in unit.scores}
    return Row(
        unit=unit.unit,
        title=unit.title,
        rank=rank or None,
        total=decimal_text(int(standings.ticks[row]), framework.rounding) if rank else None,
        share=None if math.isnan(share) else share,
        cells=tuple(
            Cell(None if math.isnan(figure) else repr(figure), status.get(column.code))
            for column, figure in zip(columns, figures, strict=False)
        ),
        gates=tuple(gate.code for gate, applies in zip(framework.gates, standings.gates[row], strict=True) if applies),
    )


def unit_of(shown: ClusterStandings, unit: str) -> FrozenUnit | None:
    """A unit of a frozen sheet."""
    return next((frozen for frozen in shown.units if frozen.unit == unit), None)
