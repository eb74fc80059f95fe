"""Items shared among departments: assigned, handed in, taken over, returned: on the fake and on PostgreSQL."""

from collections.abc import Callable
from datetime import date

import pytest

from services.intake.assessments.actions import save_items
from services.intake.assessments.queries import read_draft
from services.intake.contributions.actions import assign, take_contribution_step
from services.intake.contributions.model import Assignment
from services.intake.contributions.queries import read_contributions
from services.intake.ports import EvidenceFiles, Store
from services.intake.submissions.actions import submit
from services.intake.submissions.queries import read_submissions
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.people import Actor
from tests.builders.intake import CYCLE, administrator, an_open_cycle, attach, leader, officer, reviewer, said

Employ = Callable[..., Actor]
DUE = date(2026, 12, 1)


def give(intake: Store, person: Actor, *criteria: str, seen: int = 0, due: date | None = DUE) -> int:
    given = [Assignment(code, person.account, due_on=due) for code in criteria]
    return assign(intake, officer(), CYCLE, "HN", given, seen).version


def step(intake: Store, actor: Actor, criterion: str, state: str, seen: int, reason: str = "") -> int:
    after = take_contribution_step(intake, actor, CYCLE, "HN", [criterion], state, seen, reason)
    return after.version


def test_a_department_sees_and_changes_only_what_is_assigned(intake: Store, employ: Employ) -> None:
    an_open_cycle(intake)
    finance, police = employ("Sở Tài chính"), employ("Công an tỉnh")
    assert read_draft(intake, finance, CYCLE, "HN").readable == frozenset()
    give(intake, finance, "C2", "C3")
    view = read_draft(intake, finance, CYCLE, "HN")
    assert (view.readable, view.editable, view.sees_everything) == ({"C2", "C3"}, {"C2", "C3"}, False)
    save_items(intake, finance, CYCLE, "HN", [said("C2", 3, 15)], 1)
    for actor, code in ((finance, "C1"), (police, "C2"), (police, "C1")):
        with pytest.raises(Refusal) as caught:
            save_items(intake, actor, CYCLE, "HN", [said(code, 1)], 2)
        assert caught.value.kind is Kind.FORBIDDEN
    assert [one.criterion for one in read_contributions(intake, finance, CYCLE, "HN").contributions] == [
        "C2",
        "C3",
    ]
    assert read_contributions(intake, police, CYCLE, "HN").contributions == []
    with pytest.raises(Refusal):
        read_submissions(intake, finance, CYCLE, "HN")


def test_from_assigned_to_taken_over_and_who_supplied_what(intake: Store, employ: Employ, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    finance = employ("Sở Tài chính")
    version = give(intake, finance, "C2")
    with pytest.raises(BadInput):
        step(intake, finance, "C2", "supplied", version)  # nothing is filled in yet
    save_items(intake, finance, CYCLE, "HN", [said("C2", 3, 15)], version)
    step(intake, finance, "C2", "supplied", 2)
    with pytest.raises(BadInput):
        step(intake, officer(), "C2", "returned", 3)  # without a reason
    step(intake, officer(), "C2", "returned", 3, "Thiếu biểu 2")
    seen = read_contributions(intake, finance, CYCLE, "HN").contributions[0]
    assert (seen.state, seen.reason) == ("returned", "Thiếu biểu 2")
    save_items(intake, finance, CYCLE, "HN", [said("C2", 4, 20)], 4)
    step(intake, finance, "C2", "supplied", 5)
    step(intake, officer(), "C2", "accepted", 6)
    with pytest.raises(Refusal) as caught:
        save_items(intake, finance, CYCLE, "HN", [said("C2", 5, 20)], 7)
    assert caught.value.kind is Kind.FORBIDDEN  # what was taken over is the officers'
    view = read_draft(intake, finance, CYCLE, "HN")
    assert (view.readable, view.editable) == ({"C2"}, frozenset())
    draft = read_draft(intake, leader(), CYCLE, "HN").draft
    assert (draft.contributions["C2"].name, draft.edits["C2"].name) == ("Sở Tài chính", "Sở Tài chính")
    with intake.view() as look:
        actions = [row.action for row in look.history.of(f"assessment:{CYCLE}/HN")]
    assert actions[:3] == ["items_accepted", "items_supplied", "draft_saved"]


def test_who_may_take_which_step(intake: Store, employ: Employ) -> None:
    an_open_cycle(intake)
    finance, police = employ("Sở Tài chính"), employ("Công an tỉnh")
    version = give(intake, finance, "C2")
    save_items(intake, officer(), CYCLE, "HN", [said("C2", 3, 15)], version)
    for actor, state in (
        (officer(), "supplied"),
        (finance, "accepted"),
        (police, "supplied"),
        (officer("HP"), "accepted"),
    ):
        with pytest.raises(Refusal) as caught:
            step(intake, actor, "C2", state, 2)
        assert caught.value.kind in (Kind.FORBIDDEN, Kind.NOT_FOUND)
    for actor in (finance, administrator(), reviewer(), officer("HP")):
        with pytest.raises(Refusal) as caught:
            assign(intake, actor, CYCLE, "HN", [Assignment("C1", finance.account)], 2)
        assert caught.value.kind is Kind.FORBIDDEN
    with pytest.raises(Refusal) as caught:
        step(intake, officer(), "C2", "accepted", 2)  # it was not handed in
    assert caught.value.kind is Kind.CONFLICT


def test_two_officers_who_assign_at_once_are_told_of_each_other(intake: Store, employ: Employ) -> None:
    an_open_cycle(intake)
    finance, police = employ("Sở Tài chính"), employ("Công an tỉnh")
    give(intake, finance, "C2")
    with pytest.raises(Refusal) as caught:
        give(intake, police, "C2", "C3", seen=0)
    assert caught.value.kind is Kind.STALE
    assert "Sở Tài chính" in caught.value.faults[0].said.in_language("vi")
    assert set(read_draft(intake, officer(), CYCLE, "HN").draft.contributions) == {"C2"}
    give(intake, police, "C3", seen=0)  # another item is nobody's way
    give(intake, police, "C2", seen=2)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20)], 0)
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    assert {code: one.name for code, one in draft.contributions.items()} == {
        "C2": "Công an tỉnh",
        "C3": "Công an tỉnh",
    }


def test_what_cannot_be_assigned_is_located(intake: Store, employ: Employ) -> None:
    an_open_cycle(intake)
    finance, other = employ("Sở Tài chính"), employ("Sở khác", "HP")
    given = [
        Assignment("C9", finance.account),
        Assignment("C1", other.account),
        Assignment("C2", finance.account, due_on=date(2027, 1, 1)),
        Assignment("C3", finance.account),
    ]
    with pytest.raises(BadInput) as caught:
        assign(intake, officer(), CYCLE, "HN", given, 0)
    assert [fault.path for fault in caught.value.faults] == [
        "assignments.0.criterion",
        "assignments.1.account",
        "assignments.2.due_on",
    ]
    assert read_draft(intake, officer(), CYCLE, "HN").draft.version == 0


def test_assigning_does_not_unsend_what_was_sent(intake: Store, employ: Employ, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    finance = employ("Sở Tài chính")
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20)], 0)
    submit(intake, leader(), CYCLE, "HN", seen=1)
    give(intake, finance, "C2", seen=1)
    assert read_draft(intake, officer(), CYCLE, "HN").draft.is_sent
    again, created = submit(intake, leader(), CYCLE, "HN", seen=2)
    assert (again.number, created) == (1, False)
    assign(intake, officer(), CYCLE, "HN", [Assignment("C2", None)], 2)
    assert read_draft(intake, officer(), CYCLE, "HN").draft.contributions == {}
    assert attach(intake, files)  # the officer goes on as before


def test_late_is_seen_not_refused(intake: Store, employ: Employ) -> None:
    an_open_cycle(intake)
    finance = employ("Sở Tài chính")
    give(intake, finance, "C2", due=date(2026, 11, 21))
    view = read_contributions(intake, officer(), CYCLE, "HN")
    assert [one.is_late(view.today) for one in view.contributions] == [True]
    assert [one.name for one in view.contributors] == ["Sở Tài chính"]
    save_items(intake, finance, CYCLE, "HN", [said("C2", 1, 5)], 1)
    step(intake, finance, "C2", "supplied", 2)
