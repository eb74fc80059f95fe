"""Who may come through which door of verify. Whether they may touch *this* item is asked by the use case."""

from services.verify.adapters.reading.scope import LOOKERS
from services.verify.usecases.sources import UPLOADERS
from shared.plumbing.access import Access, roles, services
from shared.plumbing.identity import Role

_LOOK = roles(*LOOKERS)
_SOURCES = roles(*LOOKERS, *UPLOADERS)

ACCESS: dict[str, Access] = {
    "feed.Events": services("ranking", "intake") | roles(Role.COUNCIL_MEMBER, Role.ADMINISTRATOR),
    "items.Cycles": _LOOK,
    "items.Cycle": _LOOK,
    "items.Items": _LOOK,
    "items.Item": _LOOK,
    "items.Decisions": roles(Role.REVIEWER, Role.LEAD_REVIEWER),
    "items.ClusterSettlement": roles(Role.LEAD_REVIEWER),
    "sources.Sources": _SOURCES,
    "sources.Source": _SOURCES,
    "sources.Releases": _SOURCES,
    "sources.Release": _SOURCES,
    "sources.Raw": _SOURCES,
}
