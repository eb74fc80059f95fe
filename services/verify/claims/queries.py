"""What can be seen of what intake says."""

from collections.abc import Mapping

from services.verify.ports import View
from services.verify.roles import FEED_READERS, councils_of
from shared.people import Actor


def is_revoked(view: View, actor: Actor) -> bool:
    """Whether intake has said that this account's tokens of that time are void."""
    before = view.cycles.void_before(actor.account)
    return before is not None and (actor.issued_at is None or actor.issued_at < before)


def cycles_of_feed(view: View, actor: Actor) -> Mapping[str, str]:
    """Cycle → council of the cycles whose events somebody may read."""
    return view.cycles.councils(councils_of(actor, FEED_READERS))
