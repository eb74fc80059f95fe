"""How far verification is, for the API and the pages alike."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from services.verify.claims.store import views as cycles
from services.verify.renewal import store as renewal_store
from services.verify.reviews.store import item_views as items
from services.verify.triage.store.views import capacity_of
from shared.people import Actor

COUNTS = (
    *("expected", "received", "screened", "compared", "items", "open", "decided", "flagged", "blocking"),
    "inconclusive",
)


def cycle_list(connection: Connection, councils: Collection[str]) -> list[dict[str, Any]]:
    """The cycles of these councils with how their screenings stand."""
    found = cycles.cycles_of(connection, councils)
    screenings = renewal_store.screenings_of(connection, [cycle["cycle"] for cycle in found])
    return [cycle | {"screenings": screenings[cycle["cycle"]]} for cycle in found]


def cycle_progress(connection: Connection, actor: Actor, cycle: dict[str, Any], gaps: int) -> dict[str, Any]:
    """A cycle cluster by cluster, its totals, and its largest differences."""
    name, council = cycle["cycle"], cycle["council"]
    clusters = cycles.progress(connection, actor, name, council)
    return cycle | {
        "screenings": renewal_store.screenings_of(connection, [name])[name],
        "clusters": clusters,
        "totals": {count: sum(cluster[count] for cluster in clusters) for count in COUNTS},
        "own_unit_items": cycles.hidden_items(connection, actor, name, council),
        "capacity": capacity_of(connection, actor, cycle),
        "gaps": items.largest_gaps(connection, actor, name, council, gaps) if gaps else [],
    }
