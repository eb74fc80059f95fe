"""Pages of triage: how good the screening is, the review plan, small items, a unit's history of differences."""

from collections.abc import Callable
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.verify.claims.rules.frameworks import read_framework
from services.verify.ports import Store
from services.verify.reviews.rules.deciding import LONGEST_REASON
from services.verify.sources.queries import open_cycle
from services.verify.triage.actions.accept_together import Together, accept_together, minor_items
from services.verify.triage.actions.audits import draw_audits, set_plan
from services.verify.triage.model import Plan
from services.verify.triage.queries.progress import capacity, materiality, members, source_titles
from services.verify.triage.queries.quality import cluster as shown_cluster
from services.verify.triage.queries.quality import plan_of, quality, shown_plan, unit_record
from services.verify.web import words
from services.verify.web.forms import Posted, read_settlement
from services.verify.web.messages import say_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.people import Role
from shared.web.access import current_actor
from shared.web.formats import written_title
from shared.web.languages import current_language, said
from shared.web.problems import STATUS

SHOWN_IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.STALE, Kind.CONFLICT)
WHOLE = ("items_per_day", "reviewer_days", "medium_from", "full_from", "lapses_after")
SHARES = ("set_aside", "light_share", "medium_share", "full_share")
MOST = 1_000_000
SHOWN_UNITS = 20  # whose history is listed


class TriagePages:
    """Pages around the queue."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def quality(self, cycle: str) -> str:
        """What the screening was worth, as far as decisions tell."""
        actor = current_actor()
        with self.store.view() as view:
            found = open_cycle(view, actor, cycle)
            plan = plan_of(view, cycle)
            worth = quality(view, actor, found, SHOWN_UNITS)
            reach = capacity(view, actor, found)
            titles = source_titles(view, found.council)
        return render_template(
            "triage/quality.html",
            cycle=found,
            quality=worth,
            capacity=reach,
            plan=plan,
            code_name=lambda code: said(Sentence(words.CODES.get(str(code), str(code)))),
            source_name=lambda source: written_title(titles.get(source, {}), current_language()) or source,
        )

    def draw(self, cycle: str) -> Any:
        """Draw random audits of the units that are ready."""
        count = draw_audits(self.store, current_actor(), cycle)
        say_good(sentence("%(count)s items were drawn at random.", count=count))
        return redirect(url_for("pages.quality", cycle=cycle), 303)

    def plan(self, cycle: str) -> Any:
        """The parameters by which a cycle is reviewed, and the form that declares them."""

        def post(posted: Posted) -> Any:
            plan = _plan(posted)
            if plan is None:
                return None
            set_plan(self.store, current_actor(), cycle, plan, posted.text("reason"))
            say_good(sentence("The plan is declared."))
            return redirect(url_for("pages.plan", cycle=cycle), 303)

        posted, status, answer = _posted(post)
        if answer is not None:
            return answer
        actor = current_actor()
        with self.store.view() as view:
            found = open_cycle(view, actor, cycle)
            kept, limit = shown_plan(view, cycle), materiality(view, found)
        may_set = actor.may(Role.ADMINISTRATOR, council=found.council) and not found.archived
        page = render_template("triage/plan.html", cycle=found, kept=kept, limit=limit, posted=posted, may_set=may_set)
        return make_response(page, status)

    def minor(self, cycle: str, cluster: str) -> Any:
        """The items of a cluster that hardly matter, accepted in one decision."""

        def post(posted: Posted) -> Any:
            checked, seen = read_settlement(request.form, LONGEST_REASON)
            posted.errors.update(checked.errors)
            if posted.errors:
                return None
            wanted = Together(cycle, cluster, posted.text("reason"), posted.text("document_number"), seen)
            made = accept_together(self.store, current_actor(), wanted)
            say_good(
                sentence(
                    "%(count)s items are accepted; %(aside)s were set aside to be looked at one by one.",
                    count=len(made.decisions),
                    aside=len(made.set_aside),
                )
            )
            return redirect(url_for("pages.cycle", cycle=cycle), 303)

        posted, status, answer = _posted(post)
        if answer is not None:
            return answer
        actor = current_actor()
        with self.store.view() as view:
            found = open_cycle(view, actor, cycle)
            about = shown_cluster(view, cycle, cluster)
            titles = {member.unit: member.title for member in members(view, cycle)}
        minor = minor_items(self.store, actor, cycle, cluster)
        page = render_template(
            "triage/minor.html",
            cycle=found,
            cluster=about,
            minor=minor,
            items=minor.items,
            titles=titles,
            framework=read_framework(found),
            posted=posted,
        )
        return make_response(page, status)

    def record(self, cycle: str, unit: str) -> str:
        """A unit's history of differences, for staff and for the unit itself."""
        with self.store.view() as view:
            record = unit_record(view, current_actor(), cycle, unit)
        return render_template("triage/record.html", cycle=record.cycle, record=record)


def _posted(post: Callable[[Posted], Any]) -> tuple[Posted, int, Any]:
    """What was typed, the status of a page that shows it again, and the answer if what was asked for is done."""
    posted = Posted(request.form)
    if request.method == "GET":
        return posted, 200, None
    try:
        answer = post(posted)
    except Refusal as refusal:
        if refusal.kind not in SHOWN_IN_PLACE:
            raise
        posted.refuse(refusal)
        return posted, STATUS[refusal.kind], None
    return posted, 422, answer


def _plan(posted: Posted) -> Plan | None:
    """The plan that was typed; shares in per cent. None if it has errors."""
    numbers = {name: posted.figure(name) for name in (*WHOLE, *SHARES, "materiality")}
    for name in WHOLE:
        figure = numbers[name]
        if name not in posted.errors and (figure is None or figure != int(figure) or not 0 <= figure <= MOST):
            posted.errors[name] = sentence("Expected a whole number from 0 to %(most)s.", most=MOST)
    if (numbers["materiality"] or 0.0) < 0:
        posted.errors["materiality"] = sentence("Expected 0 or more.")
    if not posted.text("reason"):
        posted.errors["reason"] = sentence("Give the reason for the decision.")
    if posted.errors:
        return None
    known = {name: figure for name, figure in numbers.items() if figure is not None}
    return Plan(
        materiality=known["materiality"],
        **{name: int(known[name]) for name in WHOLE},
        **{name: known[name] / 100 for name in SHARES},  # type: ignore[arg-type]
    )
