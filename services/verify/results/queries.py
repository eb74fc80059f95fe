"""What can be seen of verify's feed."""

from dataclasses import replace

from services.verify.claims.queries import cycles_of_feed
from services.verify.ports import View
from services.verify.results.model import FeedPage
from services.verify.sources.queries import is_blinded
from shared.people import Actor, ActorKind


def feed_page(view: View, actor: Actor, after: int, limit: int) -> FeedPage:
    """The feed after a position: whole for services; for people, the events of their councils' cycles.

    Positions stay what they are.
    """
    page = view.results.events(after, limit)
    if actor.kind is ActorKind.SERVICE:
        return page
    cycles = cycles_of_feed(view, actor)
    shown = {cycle for cycle, council in cycles.items() if not is_blinded(view, actor, council, cycle)}
    return replace(page, events=[event for event in page.events if event["data"].get("cycle") in shown])
