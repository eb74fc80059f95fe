"""The page of one item with its decision form, and the settlement of a cluster."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.verify.claims.store.views import cluster_of
from services.verify.reviews.actions.decide import ItemName, Settlement, decide_item, settle_cluster
from services.verify.reviews.model import ReviewItem
from services.verify.reviews.pages.forms import read_decision, read_settlement
from services.verify.reviews.pages.strip import strip_of
from services.verify.reviews.queries.item import item_view, no_such_cluster, open_cycle
from services.verify.reviews.rules.states import ItemState
from services.verify.reviews.store import item_views as items
from services.verify.reviews.store.item_views import QueueFilter
from services.verify.web.dependencies import Parts
from services.verify.web.forms import Posted
from services.verify.web.messages import say_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.people import Role
from shared.web.access import current_actor
from shared.web.browser import sibling
from shared.web.problems import STATUS


# What a page says beside the form instead of on a page of its own, so that nothing typed is lost.
def recorded(item: ReviewItem) -> Sentence:
    """What a decision has come to."""
    if item.review == ItemState.AWAITING:
        return sentence("The decision is recorded. It moves so much that it counts once a second person has signed it.")
    return sentence("The decision is recorded. It counts from now on.")


SHOWN_IN_PLACE = (Kind.INVALID, Kind.STALE, Kind.CONFLICT)


class ItemPages:
    """Pages on which people decide."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def item(self, cycle: str, unit: str, criterion: str) -> Any:
        """Why the item is here, on one screen, and the decision."""
        if request.method == "GET":
            return self.show(cycle, unit, criterion, Posted({}), 200)
        with self.parts.database.reader() as connection:
            actor = current_actor()
            found = item_view(connection, actor, open_cycle(connection, actor, cycle), unit, criterion)
        posted, proposal, version = read_decision(request.form, scored=found["scored"])
        status = 422
        if proposal is not None:
            try:
                decided = decide_item(self.parts.store, actor, ItemName(cycle, unit, criterion), proposal, version)
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                posted.refuse(refusal)
                status = STATUS[refusal.kind]
            else:
                say_good(recorded(decided))
                return redirect(url_for("pages.item", cycle=cycle, unit=unit, criterion=criterion), 303)
        return self.show(cycle, unit, criterion, posted, status)

    def show(self, cycle: str, unit: str, criterion: str, posted: Posted, status: int) -> Any:
        """The page of an item, with what was typed on it and what is wrong with that."""
        actor = current_actor()
        with self.parts.database.reader() as connection:
            found = open_cycle(connection, actor, cycle)
            view = item_view(connection, actor, found, unit, criterion)
            following = None
            if view["review"] != "open" and not view["may_decide"]:
                nearest, _ = items.queue(connection, actor, cycle, found["council"], QueueFilter(state="open"), None, 1)
                following = nearest[0] if nearest else None
        page = render_template(
            "reviews/item.html",
            cycle=found,
            item=view,
            posted=posted,
            strip=strip_of(view["peers"], unit),
            following=following,
            intake=sibling("intake"),
        )
        return make_response(page, status)

    def settlement(self, cycle: str, cluster: str) -> Any:
        """All items of a cluster outside their source's tolerance, settled in one decision."""
        posted, seen = Posted({}), 0
        status = 200
        if request.method == "POST":
            posted, seen = read_settlement(request.form)
            status = 422
            if not posted.errors:
                wanted = Settlement(cycle, cluster, posted.text("reason"), posted.text("document_number"), seen)
                try:
                    settled = settle_cluster(self.parts.store, current_actor(), wanted)
                except Refusal as refusal:
                    if refusal.kind not in SHOWN_IN_PLACE:
                        raise
                    posted.refuse(refusal)
                    status = STATUS[refusal.kind]
                else:
                    said = sentence("%(count)s items are settled at the source's figure.", count=settled.items)
                    say_good(said)
                    return redirect(url_for("pages.cycle", cycle=cycle), 303)
        return self._settlement_page(cycle, cluster, posted, status)

    def _settlement_page(self, cycle: str, cluster: str, posted: Posted, status: int) -> Any:
        actor = current_actor()
        with self.parts.database.reader() as connection:
            found = open_cycle(connection, actor, cycle)
            about = cluster_of(connection, cycle, cluster)
            if about is None or not actor.may(Role.LEAD_REVIEWER, council=found["council"], cluster=cluster):
                raise no_such_cluster()
            outside = items.to_settle(connection, actor, cycle, found["council"], cluster)
        page = render_template("reviews/settlement.html", cycle=found, cluster=about, items=outside, posted=posted)
        return make_response(page, status)
