"""An item as it was received, with what the members ask about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.challenges.model import Challenge
from services.intake.challenges.rules import shown_challenge
from services.intake.cycles.model import ARCHIVED
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import not_open
from services.intake.people.rules import not_found, reads_submissions
from services.intake.ports import Store, View
from services.intake.rounds.queries import Place, find_place
from services.intake.submissions.model import Submission
from services.intake.submissions.rules import shown_to_members
from shared.criteria.model import Item
from shared.people import Actor


@dataclass(frozen=True)
class ItemView:
    """An item of a member with the challenges about it, and what the reader may do."""

    place: Place
    unit: str
    item: Item
    submission: Submission | None  # what was received, as far as the reader may see it
    challenges: Sequence[Challenge]
    challenges_for: Sequence[str]  # units in whose name the reader may challenge now
    answers: bool  # whether the reader may answer those that wait


def read_item(store: Store, actor: Actor, cycle_code: str, unit: str, criterion: str) -> ItemView:
    """An item's challenges: for the members of the cluster and those who follow it."""
    with store.view() as view:
        place, item = find_item(view, actor, cycle_code, unit, criterion)
        challenges = view.challenges.of_units(cycle_code, [unit], criterion)
        received = view.submissions.newest_received(cycle_code, [unit]).get(unit)
        shown = received if unit in place.readable else None
        if shown is not None and not reads_submissions(actor, place.cycle.council, unit, place.cluster.code):
            shown = shown_to_members(shown, place.framework)
        now = view.now
    standing = {one.by_unit for one in challenges if one.withdrawal is None}
    mine = actor.belongs_to(place.cycle.council, unit)
    return ItemView(
        place=place,
        unit=unit,
        item=item,
        submission=shown,
        challenges=[as_seen(place, one) for one in challenges],
        challenges_for=[
            one for one in place.speaks_for if place.reads and received and not mine and one not in standing
        ],
        answers=unit in place.speaks_for
        and place.cycle.state != ARCHIVED
        and place.declared is not None
        and now < place.declared.answers_until,
    )


def cluster_of(store: Store, actor: Actor, cycle_code: str, unit: str) -> str:
    """The cluster of a member, for those who may follow its round."""
    with store.view() as view:
        find_cycle(view, actor, cycle_code)
        member = view.cycles.member(cycle_code, unit)
        if member is None:
            raise not_found()
        return find_place(view, actor, cycle_code, member.cluster).cluster.code


def find_item(
    view: View, actor: Actor, cycle_code: str, unit: str, criterion: str, *, lock: str | None = None
) -> tuple[Place, Item]:
    """The round of a unit's cluster and the item; the cycle is held where something changes."""
    cycle = find_cycle(view, actor, cycle_code, lock=lock)
    member = view.cycles.member(cycle_code, unit)
    if member is None:
        raise not_found()
    place = find_place(view, actor, cycle_code, member.cluster)
    framework = place.framework
    if criterion not in framework.columns:
        raise not_found()
    if lock and cycle.state == ARCHIVED:
        raise not_open(cycle)
    return place, framework.items[framework.columns[criterion]]


def as_seen(place: Place, challenge: Challenge) -> Challenge:
    """A challenge as far as the reader may see it."""
    if challenge.unit in place.staff_for or {challenge.unit, challenge.by_unit} & set(place.own):
        return challenge
    return shown_challenge(challenge, place.framework.items[place.framework.columns[challenge.criterion]])
