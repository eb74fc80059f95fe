"""Criteria proposed, spoken about, confirmed, locked: on the fake and on PostgreSQL."""

import copy
from typing import Any

import pytest

from services.intake.administration.actions import create_cycle, open_cycle
from services.intake.adoption.actions import confirm, propose, take_position
from services.intake.adoption.queries import read_adoption
from services.intake.cycles.queries import read_cycle
from services.intake.ports import Store
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.people import Actor, Grant, Role
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    FRAMEWORK,
    a_directory,
    administrator,
    contributor,
    leader,
    new_cycle,
    officer,
    person,
    reviewer,
)


def head(unit: str = "HN") -> Actor:
    grant = Grant(Role.CLUSTER_HEAD, COUNCIL, units=(unit,), clusters=("K1",))
    return person(grant, account="head", name="Trưởng cụm")


def with_overlay(**changes: float) -> dict[str, Any]:
    document = copy.deepcopy(dict(FRAMEWORK))
    document["overlays"] = [
        {"clusters": ["K1"], "changes": changes, "legal_reference": "Quy chế Cụm", "reason": "Đặc thù vùng"}
    ]
    return document


@pytest.fixture
def prepared(intake: Store) -> Store:
    a_directory(intake)
    create_cycle(intake, administrator(), new_cycle())
    return intake


def say(intake: Store, unit: str, kind: str, text: str = "", number: int = 1) -> None:
    take_position(intake, officer(unit), CYCLE, number, unit, kind, text)


def test_from_the_heads_overlay_to_locked_criteria(prepared: Store) -> None:
    proposal = propose(prepared, head(), CYCLE, with_overlay(C1=-10, C3=10), "Đặc thù vùng")
    assert propose(prepared, head(), CYCLE, with_overlay(C1=-10, C3=10), "Đặc thù vùng") == proposal
    with pytest.raises(Refusal) as caught:
        open_cycle(prepared, administrator(), CYCLE)
    assert caught.value.code == "criteria_unconfirmed"
    say(prepared, "HN", "approve")
    say(prepared, "HP", "comment", "Vì sao giảm C1?")
    say(prepared, "HP", "approve")
    say(prepared, "QN", "dissent", "Có lợi cho cụm trưởng")
    view = read_adoption(prepared, reviewer(), CYCLE)
    # The head's own approval stands on record and is not counted.
    assert view.tally.document() == {"approvals": 1, "dissents": 1, "silent": 0}
    assert [(one.unit, one.counted) for one in view.tally.stands] == [("HN", False), ("HP", True), ("QN", True)]
    assert len(view.proposals[0].positions) == 4
    confirm(prepared, administrator(), CYCLE, 1, "3/QĐ-BTĐKT")
    open_cycle(prepared, administrator(), CYCLE)
    opened = read_cycle(prepared, officer(), CYCLE)
    assert opened.framework.maximum("C3", "K1") == 30
    assert opened.cycle.framework_sha256 == proposal.framework_sha256
    for attempt in (
        lambda: propose(prepared, head(), CYCLE, dict(FRAMEWORK), "Sửa lại"),
        lambda: say(prepared, "QN", "approve"),
    ):
        with pytest.raises(Refusal) as caught:
            attempt()
        assert caught.value.code == "criteria_locked"
    with prepared.view() as look:
        details = look.history.of(f"cycle:{CYCLE}")[1].details
    assert (details["approvals"], details["dissents"]) == (1, 1)


def test_a_member_may_change_its_mind_and_the_newest_counts(prepared: Store) -> None:
    propose(prepared, administrator(), CYCLE, dict(FRAMEWORK), "Như năm trước")
    say(prepared, "HP", "approve")
    say(prepared, "HP", "approve")  # the same again says nothing new
    say(prepared, "HP", "dissent", "Nghĩ lại")
    say(prepared, "HP", "comment", "Xem phụ lục")
    view = read_adoption(prepared, officer("HP"), CYCLE)
    assert view.tally.document() == {"approvals": 0, "dissents": 1, "silent": 2}
    assert (len(view.proposals[0].positions), view.speaks_for) == (3, ["HP"])


def test_a_newer_proposal_closes_the_older_one(prepared: Store) -> None:
    propose(prepared, head(), CYCLE, with_overlay(C1=-10, C3=10), "Một")
    propose(prepared, head(), CYCLE, with_overlay(C1=-5, C3=5), "Hai")
    for attempt in (
        lambda: say(prepared, "HP", "approve", number=1),
        lambda: confirm(prepared, administrator(), CYCLE, 1, "3/QĐ"),
    ):
        with pytest.raises(Refusal) as caught:
            attempt()
        assert caught.value.code == "proposal_closed"
    confirm(prepared, administrator(), CYCLE, 2, "3/QĐ")
    with pytest.raises(Refusal) as caught:
        confirm(prepared, administrator(), CYCLE, 2, "3/QĐ")
    assert caught.value.code == "proposal_closed"


def test_what_cannot_be_proposed_or_said_is_located(prepared: Store) -> None:
    for document, reason, path in (
        (with_overlay(C1=-10), "Không cân", "framework.overlays"),
        (with_overlay(C1=-30, C3=30), "Quá mức", "framework.overlays"),
        (dict(FRAMEWORK), "  ", "reason"),
    ):
        with pytest.raises(BadInput) as caught:
            propose(prepared, head(), CYCLE, document, reason)
        assert str(caught.value.faults[0].path).startswith(path)
    propose(prepared, head(), CYCLE, dict(FRAMEWORK), "Như năm trước")
    for kind in ("dissent", "comment"):
        with pytest.raises(BadInput):
            say(prepared, "HP", kind, " ")
    with pytest.raises(BadInput):
        confirm(prepared, administrator(), CYCLE, 1, " ")


def test_who_proposes_speaks_and_confirms(prepared: Store) -> None:
    for actor in (officer(), leader(), reviewer(), contributor("C1"), administrator("ha-noi")):
        with pytest.raises(Refusal) as caught:
            propose(prepared, actor, CYCLE, dict(FRAMEWORK), "Vì sao không")
        assert caught.value.kind in (Kind.FORBIDDEN, Kind.NOT_FOUND)
    propose(prepared, head(), CYCLE, dict(FRAMEWORK), "Như năm trước")
    for actor in (officer("HP"), head(), administrator(), reviewer(), contributor("C1")):
        with pytest.raises(Refusal) as caught:
            take_position(prepared, actor, CYCLE, 1, "HN", "approve", "")
        assert caught.value.kind is Kind.FORBIDDEN
    for actor in (head(), officer(), reviewer()):
        with pytest.raises(Refusal) as caught:
            confirm(prepared, actor, CYCLE, 1, "3/QĐ")
        assert caught.value.kind is Kind.FORBIDDEN
    with pytest.raises(Refusal) as caught:
        confirm(prepared, administrator(), CYCLE, 9, "3/QĐ")
    assert caught.value.kind is Kind.NOT_FOUND
