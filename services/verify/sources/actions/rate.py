"""A rating given on screen becomes a release like any file: its bytes are the table that was typed."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.verify.ports import Store
from services.verify.sources.actions.releases import TakenIn, Upload, take_in_release
from services.verify.sources.ports import TableReaders
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.people import Actor


@dataclass(frozen=True)
class Rating:
    """Figures of one indicator, by unit; units without a figure are left as they are."""

    source: str
    cycle: str
    indicator: str
    period: str
    published_on: date
    status: str
    figures: Mapping[str, float]


def rate(store: Store, actor: Actor, rating: Rating, readers: TableReaders) -> TakenIn:
    """Take a rating in, with everything that holds for files: who may, for which units, all or nothing."""
    return take_in_release(store, actor, upload_of(rating), readers)


def upload_of(rating: Rating) -> Upload:
    """The file that a rating is. Raises BadInput when it holds no figure."""
    if not rating.figures:
        raise BadInput([Fault(sentence("Give at least one figure."), path="figures")], code="rating_empty")
    return Upload(
        source=rating.source,
        cycle=rating.cycle,
        published_on=rating.published_on,
        status=rating.status,
        period=rating.period,
        file_name=f"{rating.indicator}-{rating.period}.csv",
        raw=_table(rating),
    )


def _table(rating: Rating) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["unit", "indicator", "period", "value", "status"])
    for unit, figure in sorted(rating.figures.items()):
        writer.writerow([unit, rating.indicator, rating.period, repr(figure), rating.status])
    return file.getvalue().encode()
