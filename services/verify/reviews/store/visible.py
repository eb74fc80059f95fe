"""Which items somebody may look at, as a condition of a query."""

import sqlalchemy as sa

from services.verify.reviews import tables as t
from services.verify.roles import LOOKERS, own_units
from services.verify.sql import within_grants
from shared.people import Actor


def visible_items(actor: Actor, council: str) -> sa.ColumnElement[bool]:
    """Which rows of `review_item` somebody may look at: what a grant covers, but nothing of their own unit."""
    item = t.review_item
    return sa.and_(
        within_grants(
            actor,
            LOOKERS,
            council=sa.literal(council),
            unit=item.c.unit,
            cluster=item.c.cluster,
            criterion=item.c.criterion,
        ),
        item.c.unit.not_in(own_units(actor, council)),
    )
