"""The newest independent figures."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.sources import tables as t
from services.verify.sources.model import Observation
from services.verify.sources.rules.own_reports import NATIONAL, OWN_REPORT
from services.verify.sql import kept_once, streamed, text_array


def newest_observations(
    connection: Connection, council: str, sources: Collection[str], units: Collection[str]
) -> list[Observation]:
    """Of every source, unit, indicator and period the figure of the newest release; a figure it took back is none."""
    row, release = t.observation, t.release
    newest = (
        sa.select(
            release.c.source,
            row.c.unit,
            row.c.indicator,
            row.c.period,
            row.c.value,
            row.c.status,
            row.c.release,
            row.c.row,
        )
        .ext(postgresql.distinct_on(release.c.source, row.c.unit, row.c.indicator, row.c.period))
        .join(release, release.c.id == row.c.release)
        .join(t.source, t.source.c.source == release.c.source)
        .where(
            t.source.c.council == council,
            sa.or_(
                t.source.c.source == sa.any_(text_array(sources)),
                # The units' own other reports are compared with claims whether or not the framework names them.
                sa.func.replace(t.source.c.source, "-", "_").startswith(OWN_REPORT, autoescape=True),
            ),
            sa.or_(
                row.c.unit == sa.any_(text_array(units)), sa.func.lower(row.c.unit) == sa.any_(text_array(NATIONAL))
            ),
        )
        .order_by(
            release.c.source,
            row.c.unit,
            row.c.indicator,
            row.c.period,
            release.c.published_on.desc(),
            release.c.fetched_at.desc(),
            release.c.id,
        )
        .subquery()
    )
    once = kept_once()
    return [
        Observation(
            source=once(found.source),
            unit=once(found.unit),
            indicator=once(found.indicator),
            period=once(found.period),
            value=found.value,
            status=once(found.status),
            release=once(found.release),
            row=found.row,
        )
        for found in streamed(connection, sa.select(newest).where(newest.c.value.is_not(None)))
    ]
