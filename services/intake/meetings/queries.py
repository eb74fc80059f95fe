"""A meeting's record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.cycles.model import INTAKE_CLOSED
from services.intake.meetings.model import SUBMITTED, Meeting, NotedTotal
from services.intake.people.rules import not_found, refuse_unless
from services.intake.ports import Store, View
from services.intake.rounds.queries import Place, find_place, prepares
from services.intake.submissions.rules import submitted_total
from shared.clock import VIETNAM
from shared.people import Actor


@dataclass(frozen=True)
class MeetingView:
    """A meeting with what one needs to read it. `meeting` None: one that is still to be recorded."""

    place: Place
    meeting: Meeting | None
    submitted: Sequence[NotedTotal]
    today: date
    may_record: bool
    speaks_for: Sequence[str]  # members that came, in whose name the reader confirms or dissents


def read_meeting(store: Store, actor: Actor, cycle_code: str, cluster_code: str, number: int | None) -> MeetingView:
    """A meeting's record: signed for everybody who follows the round, before for members and recorders.

    `number` None: what its recorder begins with.
    """
    with store.view() as view:
        place = find_place(view, actor, cycle_code, cluster_code)
        found = {one.number: one for one in view.meetings.of_cluster(cycle_code, cluster_code)}
        meeting = found.get(number) if number is not None else None
        if number is None:
            refuse_unless(place.records)
        elif meeting is None or not (meeting.is_signed or prepares(place)):
            raise not_found()
        submitted = submitted_totals(view, place) if place.records else ()
        today = view.now.astimezone(VIETNAM).date()
    running = place.cycle.state == INTAKE_CLOSED and place.declared is not None
    came = meeting.newest.content.attending if meeting is not None and meeting.is_signed else ()
    return MeetingView(
        place=place,
        meeting=meeting,
        submitted=submitted,
        today=today,
        may_record=place.records and running,
        speaks_for=[unit for unit in place.speaks_for if unit in came and running],
    )


def submitted_totals(uow: View, place: Place) -> tuple[NotedTotal, ...]:
    received = uow.submissions.newest_received(place.cycle.code, place.units)
    totals = {unit: submitted_total(place.framework, one) for unit, one in received.items()}
    return tuple(NotedTotal(unit, total, SUBMITTED) for unit, total in sorted(totals.items()) if total is not None)
