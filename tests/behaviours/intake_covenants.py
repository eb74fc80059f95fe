"""Covenants: registered, signed, locked, revised, recognised: on the fake and on PostgreSQL."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import marshmallow as ma
import pytest

from services.intake.administration.actions import close_intake
from services.intake.assessments.actions import save_items
from services.intake.assessments.queries import read_draft
from services.intake.covenants.actions import (
    GivenRecognition,
    GivenRevision,
    recognise_revision,
    revise_target,
    save_lines,
    sign_covenant,
)
from services.intake.covenants.model import Line
from services.intake.covenants.queries import read_covenant, read_covenants
from services.intake.ports import Store
from services.intake.submissions.actions import submit
from shared.contracts.events import Event
from shared.contracts.intake_v1 import CovenantRecorded
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.people import Grant, Role
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    administrator,
    an_open_cycle,
    contributor,
    leader,
    officer,
    person,
    reviewer,
    said,
)

FRAMEWORK: dict[str, Any] = {
    "framework": "targets",
    "version": 1,
    "title": {"vi": "Khung có chỉ tiêu", "en": "With targets"},
    "total": 100,
    "rounding": 2,
    "missing": "zero",
    "groups": [
        {
            "code": "I",
            "title": {"vi": "Kinh tế"},
            "criteria": [
                {
                    "code": "T1",
                    "title": {"vi": "Thu ngân sách", "en": "Revenue"},
                    "unit": "tỷ đồng",
                    "kind": "quantitative",
                    "max_points": 60,
                    "rule": {"name": "proportional"},
                    "direction": "higher",
                    "target": "registered",
                },
                {
                    "code": "T2",
                    "title": {"vi": "Tỷ lệ hộ nghèo", "en": "Poverty"},
                    "unit": "%",
                    "kind": "quantitative",
                    "max_points": 30,
                    "rule": {"name": "proportional"},
                    "direction": "lower",
                    "target": "registered",
                },
                {
                    "code": "T3",
                    "title": {"vi": "Công khai", "en": "Openness"},
                    "kind": "binary",
                    "max_points": 10,
                    "rule": {"name": "binary"},
                },
            ],
        }
    ],
}
TARGETS = [Line("T1", value=100, baseline=90), Line("T2", value=3.5, baseline=3)]
REVISION = GivenRevision("T1", 80, "15/QĐ-TTg", date(2026, 11, 5), "Bão lũ")
RECOGNITION = GivenRecognition("force_majeure", "7/QĐ-BTĐKT", date(2026, 11, 20), "Thiên tai được công bố")


def signed(intake: Store) -> None:
    an_open_cycle(intake, framework=FRAMEWORK)
    saved = save_lines(intake, officer(), CYCLE, "HN", TARGETS, 0)
    sign_covenant(intake, leader(), CYCLE, "HN", saved.version, "20/GƯ", date(2026, 1, 15))


def test_what_is_signed_is_locked_and_travels(intake: Store, feed: Callable[[], list[Event]]) -> None:
    signed(intake)
    event = feed()[-1]
    assert (event.type, event.subject, event.subject_version) == ("covenant_recorded", f"covenant:{CYCLE}/HN", 1)
    loaded = CovenantRecorded(unknown=ma.RAISE).load(dict(event.data))
    assert [(one["criterion"], one["value"], one["unit"], one["baseline"]) for one in loaded["targets"]] == [
        ("T1", 100, "tỷ đồng", 90),
        ("T2", 3.5, "%", 3),
    ]
    for attempt in (
        lambda: save_lines(intake, officer(), CYCLE, "HN", [Line("T1", value=50)], 1),
        lambda: save_lines(intake, administrator(), CYCLE, "HN", [Line("T1", assigned=50)], 1),
        lambda: sign_covenant(intake, leader(), CYCLE, "HN", 1),
    ):
        with pytest.raises(Refusal) as caught:
            attempt()
        assert (caught.value.code, caught.value.kind) == ("covenant_signed", Kind.CONFLICT)
    read = read_covenant(intake, officer("HP"), CYCLE, "HN")  # the other members may read it now
    assert read.covenant.registered() == {"T1": 100, "T2": 3.5}
    assert read.covenant.signature is not None
    assert read.covenant.signature.content_sha256 == loaded["content_sha256"]


def test_what_asks_for_less_is_shown_before_the_lock(intake: Store) -> None:
    an_open_cycle(intake, framework=FRAMEWORK)
    lines = [Line("T1", value=100, baseline=120), Line("T2", value=4, baseline=5)]
    save_lines(intake, officer(), CYCLE, "HN", lines, 0)
    board = [Line("T1", assigned=100, national=100), Line("T2", assigned=3.5, national=2)]
    save_lines(intake, administrator(), CYCLE, "HN", board, 1)
    view = read_covenant(intake, leader(), CYCLE, "HN")
    assert (view.covenant.line("T1").value, view.covenant.line("T2").national) == (100, 2)
    assert [one.said.in_language("vi").split(" đặt yêu cầu thấp hơn ")[1] for one in view.cautions] == [
        "kết quả năm trước 120.",
        "chỉ tiêu được giao 3,5.",
        "mức chung cả nước 2.",
    ]
    sign_covenant(intake, leader(), CYCLE, "HN", 2)
    with intake.view() as seen:
        assert len(seen.history.of(f"covenant:{CYCLE}/HN")[0].details["cautions"]) == 3


def test_who_says_what_in_a_covenant(intake: Store) -> None:
    an_open_cycle(intake, framework=FRAMEWORK)
    after = save_lines(intake, officer(), CYCLE, "HN", [Line("T1", value=100, assigned=1, national=1)], 0)
    assert (after.line("T1").assigned, after.line("T1").national) == (None, None)
    after = save_lines(intake, administrator(), CYCLE, "HN", [Line("T1", value=1, assigned=99)], 1)
    assert (after.line("T1").value, after.line("T1").assigned) == (100, 99)
    save_lines(intake, contributor("T2"), CYCLE, "HN", [Line("T2", value=3)], 2)
    for actor, call in (
        (contributor("T2"), lambda actor: save_lines(intake, actor, CYCLE, "HN", [Line("T1", value=1)], 3)),
        (officer("HP"), lambda actor: save_lines(intake, actor, CYCLE, "HN", [Line("T1", value=1)], 3)),
        (officer("HP"), lambda actor: read_covenant(intake, actor, CYCLE, "HN")),
        (reviewer(), lambda actor: read_covenant(intake, actor, CYCLE, "HN")),
        (officer(), lambda actor: sign_covenant(intake, actor, CYCLE, "HN", 3)),
        (administrator(), lambda actor: sign_covenant(intake, actor, CYCLE, "HN", 3)),
    ):
        with pytest.raises(Refusal) as caught:
            call(actor)
        assert caught.value.kind is Kind.FORBIDDEN


def test_nobody_signs_what_is_missing_or_was_not_seen(intake: Store) -> None:
    an_open_cycle(intake, framework=FRAMEWORK)
    with pytest.raises(BadInput) as caught:
        sign_covenant(intake, leader(), CYCLE, "HN", 0)
    assert [fault.path for fault in caught.value.faults] == ["lines.T1.value", "lines.T2.value"]
    save_lines(intake, officer(name="Lan"), CYCLE, "HN", TARGETS, 0)
    with pytest.raises(Refusal) as refused:
        sign_covenant(intake, leader(), CYCLE, "HN", 0)
    assert refused.value.kind is Kind.STALE
    assert "Lan" in refused.value.faults[0].said.in_language("vi")
    with pytest.raises(Refusal) as refused:
        save_lines(intake, officer(account="b"), CYCLE, "HN", [Line("T1", value=1)], 0)
    assert refused.value.kind is Kind.STALE
    with pytest.raises(BadInput):
        save_lines(intake, officer(), CYCLE, "HN", [Line("T9", value=1)], 1)


def test_a_revision_stands_beside_the_registered_target(intake: Store, feed: Callable[[], list[Event]]) -> None:
    signed(intake)
    after = revise_target(intake, officer(), CYCLE, "HN", REVISION)
    assert revise_target(intake, officer(), CYCLE, "HN", REVISION) == after
    assert (after.registered()["T1"], after.revisions[0].value, feed()[-1].subject_version) == (100, 80, 2)
    for actor in (officer(), leader(), officer("HP"), reviewer()):
        with pytest.raises(Refusal) as caught:
            recognise_revision(intake, actor, CYCLE, "HN", 1, RECOGNITION)
        assert caught.value.kind is Kind.FORBIDDEN
    own = person(Grant(Role.ADMINISTRATOR, COUNCIL), Grant(Role.PROVINCE_OFFICER, COUNCIL, units=("HN",)))
    with pytest.raises(Refusal):
        recognise_revision(intake, own, CYCLE, "HN", 1, RECOGNITION)
    recognise_revision(intake, administrator(), CYCLE, "HN", 1, RECOGNITION)
    loaded = CovenantRecorded(unknown=ma.RAISE).load(dict(feed()[-1].data))
    assert (loaded["revisions"][0]["recognition"]["ground"], feed()[-1].subject_version) == ("force_majeure", 3)
    assert loaded["targets"][0]["value"] == 100
    with pytest.raises(Refusal) as caught:
        recognise_revision(intake, administrator(), CYCLE, "HN", 1, RECOGNITION)
    assert caught.value.kind is Kind.CONFLICT


def test_a_revision_needs_its_document_and_a_signed_covenant(intake: Store) -> None:
    an_open_cycle(intake, framework=FRAMEWORK)
    save_lines(intake, officer(), CYCLE, "HN", TARGETS, 0)
    with pytest.raises(Refusal) as caught:
        revise_target(intake, officer(), CYCLE, "HN", REVISION)
    assert caught.value.code == "covenant_unsigned"
    sign_covenant(intake, leader(), CYCLE, "HN", 1)
    bare = GivenRevision("T3", 1, " ", date(2026, 11, 5), "")
    with pytest.raises(BadInput) as bad:
        revise_target(intake, officer(), CYCLE, "HN", bare)
    assert [fault.path for fault in bad.value.faults] == ["criterion", "document_number", "reason"]
    with pytest.raises(Refusal):
        recognise_revision(intake, administrator(), CYCLE, "HN", 1, RECOGNITION)


def test_points_and_what_is_sent_use_the_registered_target(intake: Store) -> None:
    signed(intake)
    revise_target(intake, officer(), CYCLE, "HN", REVISION)
    save_items(intake, officer(), CYCLE, "HN", [said("T1", 80, 60, target=80), said("T3", 1, 10)], 0)
    view = read_draft(intake, officer(), CYCLE, "HN")
    assert (view.targets["T1"], view.scored_claims["T1"].target) == (100, 100)
    sent, _ = submit(intake, leader(), CYCLE, "HN", seen=1)
    assert [(item["criterion"], item["target"]) for item in sent.content["items"]] == [("T1", 100), ("T3", None)]


def test_where_the_assigned_target_counts_it_must_be_said(intake: Store) -> None:
    assigned = copy.deepcopy(FRAMEWORK)
    criteria = assigned.get("criteria") or assigned["groups"][0]["criteria"]
    next(one for one in criteria if one["code"] == "T1")["target"] = "assigned"
    an_open_cycle(intake, framework=assigned)
    saved = save_lines(intake, officer(), CYCLE, "HN", TARGETS, 0)
    with pytest.raises(BadInput) as bad:
        sign_covenant(intake, leader(), CYCLE, "HN", saved.version, "20/GƯ", date(2026, 1, 15))
    assert [fault.path for fault in bad.value.faults] == ["lines.T1.assigned"]
    saved = save_lines(intake, administrator(), CYCLE, "HN", [Line("T1", assigned=120)], saved.version)
    sign_covenant(intake, leader(), CYCLE, "HN", saved.version, "20/GƯ", date(2026, 1, 15))
    assert read_draft(intake, officer(), CYCLE, "HN").targets["T1"] == 120


def test_the_overview_says_who_has_signed(intake: Store) -> None:
    signed(intake)
    _cycle, members, known = read_covenants(intake, officer("HP"), CYCLE)
    assert [member.unit for member in members if (one := known.get(member.unit)) and one.is_signed] == ["HN"]
    close_intake(intake, administrator(), CYCLE)
    with pytest.raises(Refusal) as caught:
        save_lines(intake, officer("HP"), CYCLE, "HP", TARGETS, 0)
    assert caught.value.code == "intake_closed"
