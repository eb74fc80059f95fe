"""What intake does with directories and cycles, whatever keeps its data: run on the fake and on PostgreSQL.

Fixtures: `intake` (a services.intake.ports.Intake), `clock` (frozen), `feed` (the events so far).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

import marshmallow as ma
import pytest

from services.intake.administration.actions import (
    archive_cycle,
    close_due_cycles,
    close_intake,
    create_cycle,
    open_cycle,
)
from services.intake.cycles.queries import read_cycle, read_cycles
from services.intake.directory.actions import (
    record_clusters,
    record_council,
    record_headships,
    record_memberships,
    record_units,
)
from services.intake.directory.model import Council
from services.intake.directory.queries import read_directory
from services.intake.ports import Store
from shared.clock import FrozenClock
from shared.contracts.events import Event
from shared.contracts.intake_v1 import CycleRecorded
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.criteria.model import Title
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    LONG_AGO,
    a_directory,
    administrator,
    an_open_cycle,
    cluster,
    headship,
    membership,
    new_cycle,
    officer,
    reviewer,
    unit,
    verify_service,
)

Feed = Callable[[], list[Event]]


def paths(caught: pytest.ExceptionInfo[Refusal]) -> list[str | None]:
    return [fault.path for fault in caught.value.faults]


# --- directory ------------------------------------------------------------------------------------------------


def test_a_list_sent_again_changes_nothing(intake: Store) -> None:
    a_directory(intake)
    again = record_units(intake, administrator(), COUNCIL, [unit("HN"), unit("HP")])
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    again = record_memberships(intake, administrator(), COUNCIL, [membership("HN")])
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    with intake.view() as view:
        assert [row.action for row in view.history.of(f"council:{COUNCIL}")].count("units_recorded") == 1


def test_a_renamed_unit_is_changed_and_its_old_name_kept_in_history(intake: Store) -> None:
    a_directory(intake)
    done = record_units(intake, administrator(), COUNCIL, [unit("HN", "Thủ đô Hà Nội"), unit("ĐN".replace("Đ", "D"))])
    assert (done.added, done.changed, done.unchanged) == (1, 1, 0)
    known = read_directory(intake, administrator(), COUNCIL)
    assert {row.code: row.title.vi for row in known.units}["HN"] == "Thủ đô Hà Nội"
    with intake.view() as view:
        row = view.history.of(f"council:{COUNCIL}")[0]
    assert row.actor == "admin"
    assert row.details["changed"][0]["before"]["title"]["vi"] == "Tỉnh HN"


def test_every_fault_of_a_list_is_located_and_nothing_of_it_taken(intake: Store) -> None:
    a_directory(intake)
    with pytest.raises(BadInput) as caught:
        record_memberships(
            intake,
            administrator(),
            COUNCIL,
            [
                membership("HN", since=date(2026, 1, 1)),
                membership("XX"),
                membership("HP", "K9"),
                membership("QN", until=LONG_AGO),
            ],
        )
    assert paths(caught) == ["memberships.1", "memberships.2", "memberships.3"]
    assert "XX" in caught.value.faults[0].said.in_language("en")
    assert len(read_directory(intake, administrator(), COUNCIL).memberships) == 3


def test_a_unit_is_in_one_cluster_at_a_time(intake: Store) -> None:
    a_directory(intake)
    record_clusters(intake, administrator(), COUNCIL, [cluster("K2")])
    with pytest.raises(BadInput) as caught:
        record_memberships(intake, administrator(), COUNCIL, [membership("HN", "K2", date(2026, 7, 1))])
    assert paths(caught) == ["memberships.0"]
    # Ending the old one and beginning the new one in a single list is fine, in either order.
    moved = [membership("HN", "K2", date(2026, 7, 1)), membership("HN", until=date(2026, 7, 1))]
    done = record_memberships(intake, administrator(), COUNCIL, moved)
    assert (done.added, done.changed) == (1, 1)


def test_a_cluster_has_one_head_at_a_time(intake: Store) -> None:
    a_directory(intake)
    with pytest.raises(BadInput) as caught:
        record_headships(intake, administrator(), COUNCIL, [headship("HP"), headship("HN", position="deputy")])
    assert paths(caught) == ["headships.0", "headships.1"]
    done = record_headships(intake, administrator(), COUNCIL, [headship("HP", position="deputy")])
    assert done.added == 1


def test_a_unit_cannot_be_cut_shorter_than_its_membership(intake: Store) -> None:
    a_directory(intake)
    with pytest.raises(BadInput) as caught:
        record_units(intake, administrator(), COUNCIL, [unit("HN", until=date(2025, 1, 1))])
    assert paths(caught) == ["units.0"]


def test_only_the_councils_own_administrator_changes_its_directory(intake: Store) -> None:
    a_directory(intake)
    for actor in (officer(), reviewer(), administrator("ha-noi"), verify_service()):
        with pytest.raises(Refusal) as caught:
            record_units(intake, actor, COUNCIL, [unit("ZZ")])
        assert caught.value.kind is Kind.FORBIDDEN
    with pytest.raises(Refusal) as caught:
        record_council(intake, administrator(), Council("ha-noi", Title(vi="Hà Nội")))
    assert caught.value.kind is Kind.FORBIDDEN
    with pytest.raises(Refusal) as caught:
        read_directory(intake, administrator("ha-noi"), COUNCIL)
    assert caught.value.kind is Kind.NOT_FOUND


# --- cycles ---------------------------------------------------------------------------------------------------


def test_a_cycle_is_prepared_once(intake: Store, feed: Feed) -> None:
    a_directory(intake)
    cycle, created = create_cycle(intake, administrator(), new_cycle())
    assert (cycle.state, created) == ("draft", True)
    # Until the end of 20 December in Vietnam, which is 17:00 UTC.
    assert cycle.deadline_at == datetime(2026, 12, 20, 17, tzinfo=UTC)
    assert create_cycle(intake, administrator(), new_cycle()) == (cycle, False)
    with pytest.raises(Refusal) as caught:
        create_cycle(intake, administrator(), new_cycle(deadline_on=date(2026, 12, 24)))
    assert (caught.value.code, caught.value.kind) == ("cycle_exists", Kind.CONFLICT)
    assert feed() == []


def test_a_faulty_cycle_says_where(intake: Store) -> None:
    a_directory(intake)
    broken = {**new_cycle().framework, "groups": [{"code": "I", "criteria": [{"code": "C1", "max_points": -3}]}]}
    with pytest.raises(BadInput) as caught:
        create_cycle(intake, administrator(), new_cycle(period="2026-Q5", framework=broken))
    found = paths(caught)
    assert found[0] == "period"
    assert all(path is not None and path.startswith("framework.groups") for path in found[1:])
    assert len(found) > 1
    assert read_cycles(intake, administrator()) == []


def test_opening_freezes_the_membership_of_that_day(intake: Store, feed: Feed) -> None:
    an_open_cycle(intake)
    record_units(intake, administrator(), COUNCIL, [unit("HN", "Tên mới")])
    record_memberships(intake, administrator(), COUNCIL, [membership("QN", until=date(2026, 1, 2))])
    view = read_cycle(intake, officer(), CYCLE)
    assert [(c.code, c.head, [m.unit for m in c.members]) for c in view.clusters] == [("K1", "HN", ["HN", "HP", "QN"])]
    assert view.clusters[0].members[0].title.vi == "Tỉnh HN"
    [event] = feed()
    assert (event.type, event.subject, event.subject_version) == ("cycle_recorded", f"cycle:{CYCLE}", 2)
    assert CycleRecorded(unknown=ma.RAISE).load(dict(event.data))["state"] == "open"


def test_who_left_before_or_comes_later_is_not_a_member(intake: Store) -> None:
    a_directory(intake)
    record_memberships(intake, administrator(), COUNCIL, [membership("QN", until=date(2026, 11, 1))])
    record_units(intake, administrator(), COUNCIL, [unit("LA")])
    record_memberships(intake, administrator(), COUNCIL, [membership("LA", since=date(2027, 1, 1))])
    create_cycle(intake, administrator(), new_cycle())
    open_cycle(intake, administrator(), CYCLE)
    clusters = read_cycle(intake, administrator(), CYCLE).clusters
    assert [member.unit for member in clusters[0].members] == ["HN", "HP"]


def test_a_cycle_goes_one_way(intake: Store, feed: Feed) -> None:
    an_open_cycle(intake)
    with pytest.raises(Refusal) as caught:
        open_cycle(intake, administrator(), CYCLE)
    assert caught.value.kind is Kind.CONFLICT
    with pytest.raises(Refusal):
        archive_cycle(intake, administrator(), CYCLE)
    assert close_intake(intake, administrator(), CYCLE).state == "intake_closed"
    assert archive_cycle(intake, administrator(), CYCLE).state == "archived"
    assert [event.data["state"] for event in feed()] == ["open", "intake_closed", "archived"]
    assert [event.subject_version for event in feed()] == [2, 3, 4]


def test_a_council_without_members_opens_nothing(intake: Store) -> None:
    record_council(intake, administrator(), Council(COUNCIL, Title(en="Central")))
    create_cycle(intake, administrator(), new_cycle())
    with pytest.raises(Refusal) as caught:
        open_cycle(intake, administrator(), CYCLE)
    assert caught.value.code == "no_members"
    assert read_cycle(intake, administrator(), CYCLE).cycle.state == "draft"


def test_intake_closes_by_itself_when_its_time_is_over(intake: Store, clock: FrozenClock, feed: Feed) -> None:
    an_open_cycle(intake, late_days=2)
    clock.moment = datetime(2026, 12, 22, 16, 59, tzinfo=UTC)
    assert close_due_cycles(intake) == []
    clock.forward(minutes=1)
    assert close_due_cycles(intake) == [CYCLE]
    assert close_due_cycles(intake) == []
    assert [event.data["state"] for event in feed()] == ["open", "intake_closed"]
    with intake.view() as view:
        assert view.history.of(f"cycle:{CYCLE}")[0].actor == "intake"
