"""The first page, and the page of a cycle: what is missing, frozen, issued."""

from typing import Any

from flask import Blueprint, render_template

from services.ranking.cycles.queries import overview
from services.ranking.editions.queries import published
from services.ranking.people.model import BOARD, COUNCIL_READERS
from services.ranking.ports import Store
from services.ranking.scoring.queries import cycles
from services.ranking.web import ShowCycle, raise_if_out_of_reach, with_status
from shared.contracts.refusals import Refusal
from shared.contracts.sentences import N_
from shared.web.access import current_actor
from shared.web.frame import Place

NAVIGATION = (Place("cycle_pages.home", N_("Rankings")),)


def cycle_pages(store: Store, show: ShowCycle) -> Blueprint:
    """The blueprint `cycle_pages`; `show` is `cycle_page`."""
    blueprint = Blueprint("cycle_pages", __name__)

    @blueprint.get("/")
    def home() -> str:
        """What is published for everybody; below it the cycles of the reader's councils."""
        actor = current_actor()
        with store.view() as view:
            return render_template(
                "cycles/home.html", published=published(view), cycles=cycles(view, actor) if actor.is_known else []
            )

    @blueprint.get("/cycles/<slug:cycle>")
    def cycle(cycle: str) -> Any:
        """Per cluster what is missing, frozen or changed; the editions; what the reader may do."""
        return show(cycle, None)

    return blueprint


def cycle_page(store: Store) -> ShowCycle:
    """Shows a cycle's page, with the refusal of a form that stands on it."""

    def show(cycle: str, refusal: Refusal | None) -> Any:
        if refusal:
            raise_if_out_of_reach(refusal)
        actor = current_actor()
        with store.view() as view:
            found = overview(view, actor, cycle)
        council = found.cycle.council
        page = render_template(
            "cycles/cycle.html",
            overview=found,
            cycle=found.cycle,
            may_freeze=actor.may(BOARD, council=council),
            may_read_council=actor.may(COUNCIL_READERS, council=council),
            all_frozen=bool(found.clusters) and all(cluster.sheet for cluster in found.clusters),
            last={edition.audience: edition for edition in reversed(found.editions)},
            refusal=refusal,
        )
        return with_status(page, refusal)

    return show
