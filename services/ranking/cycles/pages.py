"""The first page, and the page of a cycle: what is missing, frozen, issued; the forms that freeze and issue."""

import re
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.ranking.cycles.queries import overview
from services.ranking.editions.actions import issue_edition
from services.ranking.editions.model import AUDIENCES
from services.ranking.editions.queries import published
from services.ranking.editions.rules.keys import SigningKey
from services.ranking.people.model import BOARD, COUNCIL_READERS
from services.ranking.ports import Store
from services.ranking.scoring.actions import freeze_cluster
from services.ranking.scoring.queries import cycles
from services.ranking.web import confirm, form_line, raise_if_out_of_reach, with_status
from shared.contracts.fields import CODE
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, sentence
from shared.web.access import current_actor
from shared.web.frame import Place

NAVIGATION = (Place("cycle_pages.home", N_("Rankings")),)
LONGEST_REASON = 2000


def cycle_pages(store: Store, key: SigningKey) -> Blueprint:
    """The blueprint `cycle_pages`."""
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
        return _cycle_page(store, cycle)

    @blueprint.post("/cycles/<slug:cycle>/clusters/<code:cluster>/freeze")
    def freeze(cycle: str, cluster: str) -> Any:
        """Freeze a cluster; a refusal is shown on the cycle's page."""
        try:
            absent = [unit for unit in request.form.getlist("absent") if re.match(CODE, unit)]
            reason = form_line("reason", LONGEST_REASON)
            sheet = freeze_cluster(store, current_actor(), cycle, cluster, absent, reason)
        except Refusal as refusal:
            return _cycle_page(store, cycle, refusal)
        confirm(sentence("The scores are frozen (version %(version)s).", version=sheet.version))
        return redirect(url_for("scoring_pages.standings", cycle=cycle, cluster=cluster), 303)

    @blueprint.post("/cycles/<slug:cycle>/editions")
    def issue(cycle: str) -> Any:
        """Issue an edition; a refusal is shown on the cycle's page."""
        try:
            audience = request.form.get("audience", "")
            if audience not in AUDIENCES:
                message = sentence("Choose for whom the edition is.")
                raise Refusal("audience_unknown", Kind.INVALID, message)
            edition = issue_edition(store, key, current_actor(), cycle, audience, form_line("reason", LONGEST_REASON))
        except Refusal as refusal:
            return _cycle_page(store, cycle, refusal)
        confirm(sentence("Edition %(number)s is issued and signed.", number=edition.number))
        return redirect(url_for("edition_pages.edition", cycle=cycle, audience=audience, number=edition.number), 303)

    return blueprint


def _cycle_page(store: Store, cycle: str, refusal: Refusal | None = None) -> Any:
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
