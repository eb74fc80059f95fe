"""Where the units of a cycle stand."""

from collections.abc import Sequence
from typing import NamedTuple

from services.intake.cycles.queries import CycleView, find_cycle
from services.intake.people.rules import looks
from services.intake.ports import Store
from services.intake.submissions.model import Standing
from services.intake.vietnamese import search_key
from shared.people import Actor


class CycleStandings(NamedTuple):
    """A cycle, and where those of its units stand that the reader may see."""

    view: CycleView
    standings: Sequence[Standing]


def read_standings(store: Store, actor: Actor, code: str, search: str = "") -> CycleStandings:
    """Where the units stand: all of them for administrators, for others the units they act for.

    `search` narrows them to names that hold these words, with or without diacritics.
    """
    with store.view() as view:
        cycle = find_cycle(view, actor, code)
        standings = [
            standing
            for standing in view.submissions.standings(code, search_key(search))
            if looks(actor, cycle.council, standing.member.unit)
        ]
        framework = view.cycles.framework(cycle.framework_sha256)
        return CycleStandings(CycleView(cycle, framework, view.cycles.clusters(code)), standings)
