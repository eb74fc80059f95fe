"""What is to do, and a cycle's overview."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request

from services.intake.cycles.model import ARCHIVED, DRAFT, CycleCluster, Member
from services.intake.cycles.queries import CycleView, read_cycles
from services.intake.overview.queries import read_standings
from services.intake.people.rules import administers, fills_in
from services.intake.ports import WebDependencies
from services.intake.questions.model import ExplanationRequest
from services.intake.questions.queries import waiting_requests
from services.intake.submissions.model import Standing
from services.intake.typed import one_line
from services.intake.vietnamese import search_key, sort_key
from services.intake.web import IN_CYCLE, Routes
from shared.web.access import current_actor


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
    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def home(self) -> str:
        """What I have to do, and by when."""
        actor = current_actor()
        mine: list[tuple[Any, Standing]] = []
        administered: list[tuple[Any, list[Standing]]] = []
        questions: list[tuple[Any, ExplanationRequest]] = []
        known = read_cycles(self.web.store, actor)
        for cycle in known:
            if cycle.state == DRAFT:
                continue
            _, standings = read_standings(self.web.store, actor, cycle.code)
            mine += [(cycle, one) for one in standings if fills_in(actor, cycle.council, one.member.unit)]
            if cycle.state != ARCHIVED:
                questions += [(cycle, one) for one in waiting_requests(self.web.store, actor, cycle)]
            if administers(actor, cycle.council):
                administered.append((cycle, list(standings)))
        return render_template(
            "overview/home.html", mine=mine, administered=administered, known=known, questions=questions
        )

    def cycle(self, cycle: str) -> str:
        """A cycle: its members and where they stand, as far as one may see it."""
        actor = current_actor()
        search = one_line(request.args.get("search", ""))[:100]
        view, standings = read_standings(self.web.store, actor, cycle, search)
        return render_template(
            "overview/cycle.html",
            view=view,
            cycle=view.cycle,
            standings={one.member.unit: one for one in standings},
            clusters=_listed(view, standings, search),
            search=search,
            administers=administers(actor, view.cycle.council),
        )


def overview_routes(web: WebDependencies) -> Routes:
    """What is to do, and one cycle."""
    pages = _GeneralPages(web)
    return (
        ("/", "home", pages.home, ["GET"]),
        (IN_CYCLE, "cycle", pages.cycle, ["GET"]),
    )
