"""What a reader may see, as conditions of a query: roles narrowed to councils, units, clusters and criteria."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from shared.people import Actor, Role

LOOKERS = frozenset({Role.REVIEWER, Role.LEAD_REVIEWER, Role.SUPPORT_TEAM, Role.ADMINISTRATOR})


def councils_of(actor: Actor, roles: Collection[Role]) -> tuple[str, ...]:
    """The councils in which the actor has one of these roles."""
    return tuple(sorted({grant.council for grant in actor.grants if grant.role in roles}))


def within_grants(
    actor: Actor,
    roles: Collection[Role],
    *,
    council: sa.ColumnElement[Any],
    unit: sa.ColumnElement[Any] | None = None,
    cluster: sa.ColumnElement[Any] | None = None,
    criterion: sa.ColumnElement[Any] | None = None,
) -> sa.ColumnElement[bool]:
    """True for rows that one single grant covers; dimensions without a column are not asked about."""
    return sa.or_(
        sa.false(),
        *(
            sa.and_(
                council == grant.council,
                *_narrowed(((unit, grant.units), (cluster, grant.clusters), (criterion, grant.criteria))),
            )
            for grant in actor.grants
            if grant.role in roles
        ),
    )


def _narrowed(
    pairs: Iterable[tuple[sa.ColumnElement[Any] | None, tuple[str, ...] | None]],
) -> list[sa.ColumnElement[bool]]:
    return [column.in_(codes) for column, codes in pairs if column is not None and codes is not None]


def own_units(actor: Actor, council: str) -> tuple[str, ...]:
    """The units of a council that the actor belongs to: nobody reviews those."""
    homes = {unit for home, unit in actor.home_units if home == council}
    named = {unit for grant in actor.grants if grant.council == council for unit in grant.units or ()}
    return tuple(sorted(homes | {unit for unit in named if actor.belongs_to(council, unit)}))
