"""The page of one item with its decision form, and the settlement of a cluster."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.verify.ports import Store
from services.verify.reviews.actions.decide import Settlement, decide_item, settle_cluster
from services.verify.reviews.model.item import ItemName, ReviewItem
from services.verify.reviews.model.states import ItemState
from services.verify.reviews.pages.forms import read_decision
from services.verify.reviews.pages.strip import strip_of
from services.verify.reviews.queries.item import item_detail, items_to_settle, next_open_item
from services.verify.reviews.rules.deciding import LONGEST_REASON
from services.verify.sources.queries import open_cycle
from services.verify.web.forms import Posted, read_settlement
from services.verify.web.messages import say_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
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

    def __init__(self, store: Store) -> None:
        self.store = store

    def item(self, cycle: str, unit: str, criterion: str) -> Any:
        """Why the item is here, on one screen, and the decision."""
        if request.method == "GET":
            return self.show(cycle, unit, criterion, Posted({}), 200)
        with self.store.view() as view:
            actor = current_actor()
            found = item_detail(view, actor, open_cycle(view, actor, cycle), unit, criterion)
        posted, proposal, version = read_decision(request.form, scored=found.scored)
        status = 422
        if proposal is not None:
            try:
                decided = decide_item(self.store, actor, ItemName(cycle, unit, criterion), proposal, version)
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
        with self.store.view() as view:
            found = open_cycle(view, actor, cycle)
            item = item_detail(view, actor, found, unit, criterion)
            done = item.review != "open" and not item.may_decide
            following = next_open_item(view, actor, found) if done else None
        page = render_template(
            "reviews/item.html",
            cycle=found,
            item=item,
            posted=posted,
            strip=strip_of(item.peers, unit),
            following=following,
            intake=sibling("intake"),
        )
        return make_response(page, status)

    def settlement(self, cycle: str, cluster: str) -> Any:
        """All items of a cluster outside their source's tolerance, settled in one decision."""
        posted, seen = Posted({}), 0
        status = 200
        if request.method == "POST":
            posted, seen = read_settlement(request.form, LONGEST_REASON)
            status = 422
            if not posted.errors:
                wanted = Settlement(cycle, cluster, posted.text("reason"), posted.text("document_number"), seen)
                try:
                    settled = settle_cluster(self.store, current_actor(), wanted)
                except Refusal as refusal:
                    if refusal.kind not in SHOWN_IN_PLACE:
                        raise
                    posted.refuse(refusal)
                    status = STATUS[refusal.kind]
                else:
                    message = sentence("%(count)s items are settled at the source's figure.", count=settled.items)
                    say_good(message)
                    return redirect(url_for("pages.cycle", cycle=cycle), 303)
        return self._settlement_page(cycle, cluster, posted, status)

    def _settlement_page(self, cycle: str, cluster: str, posted: Posted, status: int) -> Any:
        actor = current_actor()
        with self.store.view() as view:
            found = open_cycle(view, actor, cycle)
            about, outside = items_to_settle(view, actor, found, cluster)
        page = render_template("reviews/settlement.html", cycle=found, cluster=about, items=outside, posted=posted)
        return make_response(page, status)
