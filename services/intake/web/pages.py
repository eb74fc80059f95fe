"""Pages for people: what is to do, the cycle's overview, and its administration. Plain HTML, no script needed."""

from collections.abc import Sequence
from typing import Any

import flask
from flask import redirect, render_template, request, url_for

from services.intake.domain import permissions
from services.intake.domain.cycles import ARCHIVED, DRAFT, CycleCluster, Member
from services.intake.domain.explanations import ExplanationRequest
from services.intake.domain.vietnamese import search_key, sort_key
from services.intake.ports import Standing
from services.intake.usecases import cycles, directory
from services.intake.usecases.cycles import CycleView
from services.intake.usecases.explanations import waiting_requests
from services.intake.web.parts import IN_CYCLE, Parts, Routes
from services.intake.web.session_pages import flash_good
from services.intake.web.typed import one_line
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.access import current_actor
from shared.web.frame import Place

NAVIGATION = (Place("pages.home", N_("What is to do")), Place("pages.administration", N_("Administration")))
QUESTION_BADGES = {
    "requested": (N_("to be answered"), "attention"),
    "answered": (N_("answered"), "good"),
    "expired": (N_("not answered in time"), "problem"),
    "withdrawn": (N_("taken back"), "neutral"),
}
RECEPTION_BADGES = {
    "submitted": (N_("sent"), "info"),
    "received": (N_("received"), "info"),
    "accepted": (N_("accepted"), "good"),
    "returned": (N_("returned"), "attention"),
}
STATE_BADGES = {
    "draft": (N_("being prepared"), "neutral"),
    "open": (N_("open for self-assessment"), "good"),
    "intake_closed": (N_("closed for submissions"), "info"),
    "archived": (N_("archived"), "neutral"),
}


def register_words(blueprint: flask.Blueprint) -> None:
    """Badges and questions that templates of several subjects ask for."""
    blueprint.app_template_global("cycle_badges")(lambda state: STATE_BADGES[state])
    blueprint.app_template_global("standing_badge")(standing_badge)
    blueprint.app_template_global("question_badge")(lambda state: QUESTION_BADGES[state])
    blueprint.app_template_global("reception_badge")(lambda state: RECEPTION_BADGES[state])
    blueprint.app_template_global("sees_everything")(
        lambda cycle, unit: permissions.looks_at_everything(current_actor(), cycle.council, unit)
    )


def standing_badge(submissions: int, is_sent: bool, version: int, late: bool) -> tuple[str, str]:
    """A unit's state in words, and its tone."""
    if submissions and is_sent:
        return (N_("sent late"), "attention") if late else (N_("sent"), "good")
    if submissions:
        return N_("changed since it was sent"), "attention"
    return (N_("draft"), "info") if version else (N_("not begun"), "neutral")


def _listed(view: CycleView, standings: Sequence[Standing], search: str) -> list[tuple[CycleCluster, list[Member]]]:
    """Each cluster with those of its members whose name is looked for, in Vietnamese order."""
    wanted = search_key(search)
    order = {one.member.unit: number for number, one in enumerate(standings)}
    found = [
        (cluster, [member for member in cluster.members if wanted in member.search_key]) for cluster in view.clusters
    ]
    for _cluster, members in found:
        members.sort(key=lambda one: (order.get(one.unit, -1), sort_key(one.title.in_language("vi"))))
    return [(cluster, members) for cluster, members in found if members or not wanted]


class _GeneralPages:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def home(self) -> str:
        """What I have to do, and by when."""
        actor = current_actor()
        mine: list[tuple[Any, Standing]] = []
        administered: list[tuple[Any, list[Standing]]] = []
        questions: list[tuple[Any, ExplanationRequest]] = []
        known = cycles.read_cycles(self.parts.intake, actor)
        for cycle in known:
            if cycle.state == DRAFT:
                continue
            _, standings = cycles.read_standings(self.parts.intake, actor, cycle.code)
            mine += [(cycle, one) for one in standings if permissions.fills_in(actor, cycle.council, one.member.unit)]
            if cycle.state != ARCHIVED:
                questions += [(cycle, one) for one in waiting_requests(self.parts.intake, actor, cycle)]
            if permissions.administers(actor, cycle.council):
                administered.append((cycle, list(standings)))
        return render_template(
            "intake/home.html", mine=mine, administered=administered, known=known, questions=questions
        )

    def cycle(self, cycle: str) -> str:
        """A cycle: its members and where they stand, as far as one may see it."""
        actor = current_actor()
        search = one_line(request.args.get("search", ""))[:100]
        view, standings = cycles.read_standings(self.parts.intake, actor, cycle, search)
        return render_template(
            "intake/cycle.html",
            view=view,
            cycle=view.cycle,
            standings={one.member.unit: one for one in standings},
            clusters=_listed(view, standings, search),
            search=search,
            administers=permissions.administers(actor, view.cycle.council),
        )


class AdministrationPages:
    """Councils and cycles as administrators see them."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def administration(self) -> str:
        """Councils and cycles of an administrator."""
        actor = current_actor()
        councils = [
            directory.read_directory(self.parts.intake, actor, council.code)
            for council in directory.read_councils(self.parts.intake, actor)
            if permissions.administers(actor, council.code)
        ]
        known = cycles.read_cycles(self.parts.intake, actor)
        return render_template("intake/administration.html", councils=councils, cycles=known)

    def open_cycle(self, cycle: str) -> Any:
        """The button that opens a cycle."""
        cycles.open_cycle(self.parts.intake, current_actor(), cycle)
        return self._done(sentence("Cycle %(cycle)s is open; units can begin.", cycle=cycle))

    def close_intake(self, cycle: str) -> Any:
        """The button that ends the intake of a cycle."""
        cycles.close_intake(self.parts.intake, current_actor(), cycle)
        return self._done(sentence("Cycle %(cycle)s takes no more submissions.", cycle=cycle))

    def _done(self, said: Sentence) -> Any:
        flash_good(said)
        return redirect(url_for("pages.administration"), 303)


def overview_routes(parts: Parts) -> Routes:
    """What is to do, and one cycle."""
    pages = _GeneralPages(parts)
    return (
        ("/", "home", pages.home, ["GET"]),
        (IN_CYCLE, "cycle", pages.cycle, ["GET"]),
    )


def administration_routes(parts: Parts) -> Routes:
    """Administration."""
    pages = AdministrationPages(parts)
    return (
        ("/administration", "administration", pages.administration, ["GET"]),
        ("/administration/<slug:cycle>/open", "open_cycle", pages.open_cycle, ["POST"]),
        ("/administration/<slug:cycle>/close-intake", "close_intake", pages.close_intake, ["POST"]),
    )
