"""Setting up the next year: predecessors, quotas, lists of everything at once, a cycle copied from last year's."""

from collections.abc import Callable
from datetime import date

import pytest

from services.intake.administration.actions import (
    GivenCopy,
    GivenQuota,
    archive_cycle,
    close_intake,
    copy_cycle,
    create_cycle,
    open_cycle,
    set_quotas,
)
from services.intake.administration.model import Heads
from services.intake.administration.queries import read_copy, read_quotas
from services.intake.cycles.actions import GivenExtension, extend
from services.intake.cycles.queries import read_cycle, read_cycles
from services.intake.directory.actions import (
    look_at_lists,
    record_clusters,
    record_headships,
    record_lists,
    record_successions,
)
from services.intake.directory.model import Lists, Succession
from services.intake.directory.queries import read_directory
from services.intake.ports import Store
from shared.clock import FrozenClock
from shared.contracts.events import Event
from shared.contracts.intake_v1 import CycleRecorded
from shared.contracts.refusals import BadInput, Kind, Refusal
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
    unit,
)

Feed = Callable[[], list[Event]]
MERGED_ON = date(2026, 7, 1)
LAW = "Nghị quyết 202/2025/QH15"


def paths(caught: pytest.ExceptionInfo[Refusal]) -> list[str | None]:
    return [fault.path for fault in caught.value.faults]


def merger() -> Lists:
    """HP joins HN on 1 July; HN goes on under its code."""
    return Lists(
        units=[unit("HP", until=MERGED_ON)],
        memberships=[membership("HP", until=MERGED_ON)],
        successions=[Succession("HN", "HN", MERGED_ON, LAW), Succession("HN", "HP", MERGED_ON, LAW)],
    )


# --- predecessors and lists -----------------------------------------------------------------------------------


def test_a_merger_is_recorded_and_travels_with_the_cycle(intake: Store, feed: Feed) -> None:
    a_directory(intake)
    done = record_lists(intake, administrator(), COUNCIL, merger())
    assert (done.added, done.changed, done.unchanged) == (2, 2, 0)
    assert record_lists(intake, administrator(), COUNCIL, merger()).unchanged == 4
    known = read_directory(intake, officer(), COUNCIL)
    assert [(one.unit, one.predecessor, one.since) for one in known.successions] == [
        ("HN", "HN", MERGED_ON),
        ("HN", "HP", MERGED_ON),
    ]
    create_cycle(intake, administrator(), new_cycle())
    open_cycle(intake, administrator(), CYCLE)
    data = CycleRecorded().load(dict(feed()[-1].data))
    members = {one["unit"]: one.get("predecessors") for one in data["clusters"][0]["members"]}
    links = [{"unit": one, "since": MERGED_ON, "legal_source": LAW} for one in ("HN", "HP")]
    assert members == {"HN": links, "QN": None}
    # What the directory says later does not change what the cycle froze.
    changed = [Succession("HN", "HP", MERGED_ON, "Nghị quyết khác")]
    assert record_successions(intake, administrator(), COUNCIL, changed).changed == 1
    close_intake(intake, administrator(), CYCLE)
    assert CycleRecorded().load(dict(feed()[-1].data))["clusters"] == data["clusters"]


def test_predecessors_that_cannot_be_are_located(intake: Store) -> None:
    a_directory(intake)
    given = [
        Succession("HN", "XX", MERGED_ON, LAW),
        Succession("HN", "HP", LONG_AGO, LAW),
        Succession("HN", "HP", MERGED_ON, "  "),
        Succession("QN", "HP", MERGED_ON, LAW),
    ]
    with pytest.raises(BadInput) as caught:
        record_successions(intake, administrator(), COUNCIL, given)
    assert paths(caught) == ["successions.0", "successions.1", "successions.2"]
    assert not read_directory(intake, officer(), COUNCIL).successions


def test_lists_of_all_kinds_are_taken_together_or_not_at_all(intake: Store) -> None:
    a_directory(intake)
    lists = Lists(
        units=[unit("NB"), unit("HP", until=MERGED_ON)],
        clusters=[cluster("K2")],
        memberships=[membership("NB", "K2"), membership("HP", until=MERGED_ON)],
        headships=[headship("NB", "K2"), headship("ZZ", "K2", "deputy")],
    )
    with pytest.raises(BadInput) as caught:
        record_lists(intake, administrator(), COUNCIL, lists)
    assert paths(caught) == ["headships.1"]
    assert len(read_directory(intake, officer(), COUNCIL).units) == 3
    good = Lists(lists.units, lists.clusters, lists.memberships, lists.headships[:1])
    plan = look_at_lists(intake, administrator(), COUNCIL, good)
    assert (len(plan.added), len(plan.changed)) == (4, 2)
    assert len(read_directory(intake, officer(), COUNCIL).units) == 3
    record_lists(intake, administrator(), COUNCIL, good)
    known = read_directory(intake, officer(), COUNCIL)
    assert {row.unit: row.cluster for row in known.memberships} == {"HN": "K1", "HP": "K1", "QN": "K1", "NB": "K2"}
    with pytest.raises(Refusal) as refused:
        record_lists(intake, officer(), COUNCIL, good)
    assert refused.value.kind is Kind.FORBIDDEN


def test_a_unit_cannot_be_shortened_while_its_membership_goes_on(intake: Store) -> None:
    a_directory(intake)
    with pytest.raises(BadInput) as caught:
        record_lists(intake, administrator(), COUNCIL, Lists(units=[unit("HP", until=MERGED_ON)]))
    assert paths(caught) == ["units.0"]


# --- quotas ---------------------------------------------------------------------------------------------------


def test_a_quota_travels_and_its_newest_counts(intake: Store, feed: Feed) -> None:
    an_open_cycle(intake)
    assert "quota" not in feed()[-1].data["clusters"][0]
    set_quotas(intake, administrator(), CYCLE, [GivenQuota("K1", 1, " Hướng dẫn 01 ")])
    set_quotas(intake, administrator(), CYCLE, [GivenQuota("K1", 2, "Hướng dẫn 02")])
    again = set_quotas(intake, administrator(), CYCLE, [GivenQuota("K1", 2, "Hướng dẫn 02")])
    assert [event.subject_version for event in feed()] == [again.version - 2, again.version - 1, again.version]
    assert [event.data["clusters"][0].get("quota") for event in feed()] == [
        None,
        {"flags": 1, "legal_source": "Hướng dẫn 01"},
        {"flags": 2, "legal_source": "Hướng dẫn 02"},
    ]
    [shown] = read_quotas(intake, officer(), CYCLE).clusters
    assert shown.quota is not None
    assert (shown.quota.flags, shown.quota.name) == (2, administrator().name)


def test_quotas_are_checked_and_only_the_board_sets_them(intake: Store) -> None:
    an_open_cycle(intake)
    given = [GivenQuota("K9", 1, LAW), GivenQuota("K1", -1, LAW), GivenQuota("K1", 1, " ")]
    with pytest.raises(BadInput) as caught:
        set_quotas(intake, administrator(), CYCLE, given)
    assert paths(caught) == [
        "quotas.0.cluster",
        "quotas.1.flags",
        "quotas.2.cluster",
        "quotas.2.legal_source",
    ]
    with pytest.raises(Refusal) as refused:
        set_quotas(intake, officer(), CYCLE, [GivenQuota("K1", 1, LAW)])
    assert refused.value.kind is Kind.FORBIDDEN
    close_intake(intake, administrator(), CYCLE)
    archive_cycle(intake, administrator(), CYCLE)
    with pytest.raises(Refusal) as refused:
        set_quotas(intake, administrator(), CYCLE, [GivenQuota("K1", 1, LAW)])
    assert refused.value.kind is Kind.CONFLICT


# --- copying --------------------------------------------------------------------------------------------------


def test_last_years_cycle_is_copied_wholly(intake: Store, clock: FrozenClock) -> None:
    an_open_cycle(intake, late_days=3, synthetic=True)
    set_quotas(intake, administrator(), CYCLE, [GivenQuota("K1", 2, LAW)])
    extend(intake, administrator(), CYCLE, GivenExtension(date(2026, 12, 29), "Bão"))
    seen = read_copy(intake, administrator(), CYCLE)
    # 20 December 2027 is a Monday; the extension of this year is not carried into the next.
    assert (seen.copy.code, seen.copy.title.vi, seen.copy.period) == ("year-2027", "Thi đua năm 2027", "2027")
    assert (seen.copy.moved_on, seen.copy.deadline_on, seen.copy.late_days) == (
        date(2027, 12, 20),
        date(2027, 12, 20),
        3,
    )
    assert not seen.copy.changes
    made = copy_cycle(intake, administrator(), CYCLE, GivenCopy())
    view = read_cycle(intake, administrator(), made.code)
    before = read_cycle(intake, administrator(), CYCLE)
    assert (view.cycle.state, view.cycle.synthetic, view.framework) == ("draft", True, before.framework)
    [quota] = [one.quota for one in read_quotas(intake, officer(), made.code).clusters]
    assert quota is not None
    assert (quota.flags, quota.legal_source) == (2, LAW)
    with pytest.raises(Refusal) as refused:
        copy_cycle(intake, administrator(), CYCLE, GivenCopy())
    assert refused.value.kind is Kind.CONFLICT


def test_a_deadline_is_fitted_to_working_days(intake: Store) -> None:
    # A Friday this year is a Saturday the next.
    an_open_cycle(intake, deadline_on=date(2026, 12, 25))
    seen = read_copy(intake, administrator(), CYCLE).copy
    assert (seen.moved_on.isoformat(), seen.deadline_on.isoformat()) == ("2027-12-25", "2027-12-27")


def test_what_changed_in_the_directory_is_listed_before(intake: Store, clock: FrozenClock) -> None:
    a_directory(intake, ("HN", "HP", "QN", "NB", "TB"))
    record_clusters(intake, administrator(), COUNCIL, [cluster("K2")])
    create_cycle(intake, administrator(), new_cycle())
    open_cycle(intake, administrator(), CYCLE)
    clock.forward(days=60)
    first = date(2027, 1, 1)
    lists = Lists(
        units=[unit("HP", until=first), unit("NB", until=first), unit("QN", "Tỉnh mới"), unit("DN", since=first)],
        memberships=[
            membership("HP", until=first),
            membership("NB", until=first),
            membership("TB", until=first),
            membership("QN", until=first),
            membership("QN", "K2", first),
            membership("DN", "K2", first),
        ],
        successions=[Succession("DN", "HP", first, LAW)],
    )
    record_lists(intake, administrator(), COUNCIL, lists)
    seen = read_copy(intake, administrator(), CYCLE).copy
    assert [(one.code, one.said.in_language("en")) for one in seen.changes] == [
        ("DN", "DN is new in cluster K2."),
        ("DN", f"DN follows upon HP from 01/01/2027 ({LAW}); its history begins afresh."),
        ("HP", f"HP merged into DN on 01/01/2027 ({LAW})."),
        ("NB", "NB was dissolved on 01/01/2027."),
        ("QN", "QN moved from cluster K1 to K2."),
        ("QN", "QN was called Tỉnh QN and is called Tỉnh mới now."),
        ("TB", "TB no longer belongs to cluster K1."),
        ("K2", "Cluster K2 is new."),
    ]
    assert [(one.unit, one.cluster) for one in seen.renewable] == [("TB", "K1")]
    copy_cycle(intake, administrator(), CYCLE, GivenCopy())
    known = read_directory(intake, officer(), COUNCIL)
    assert [row.validity.valid_from for row in known.memberships if row.unit == "TB"][-1] == clock.now().date()


def test_heads_rotate_only_where_it_is_confirmed(intake: Store, clock: FrozenClock) -> None:
    a_directory(intake, ("HN", "HP", "QN", "NB"))
    deputies = [headship("HP", position="deputy"), headship("QN", position="deputy")]
    record_headships(intake, administrator(), COUNCIL, deputies)
    create_cycle(intake, administrator(), new_cycle())
    open_cycle(intake, administrator(), CYCLE)
    rotated = read_copy(intake, administrator(), CYCLE, rotate=True).copy
    assert rotated.heads == (Heads("K1", "HP", ("QN",)),)
    wanted = (Heads("K1", "HP", ("NB", "QN")),)
    first = date(2027, 1, 1)
    copy_cycle(intake, administrator(), CYCLE, GivenCopy(heads=wanted, heads_from=first))
    assert read_copy(intake, administrator(), CYCLE).copy.heads == (Heads("K1", "HN", ("HP", "QN")),)
    clock.forward(days=60)
    open_cycle(intake, administrator(), "year-2027")
    [frozen] = read_cycle(intake, administrator(), "year-2027").clusters
    assert (frozen.head, frozen.deputies) == ("HP", ("NB", "QN"))
    assert read_cycle(intake, administrator(), CYCLE).clusters[0].head == "HN"


def test_a_copy_with_a_fault_leaves_nothing_behind(intake: Store) -> None:
    an_open_cycle(intake)
    for wrong, place in (
        (GivenCopy(period="27"), ["period"]),
        (GivenCopy(quotas=(GivenQuota("K9", 1, LAW),)), ["quotas.0.cluster"]),
        (GivenCopy(heads=(Heads("K1", "HP", ("HP",)),)), ["heads.0"]),
        (GivenCopy(heads=(Heads("K1", "ZZ"),)), ["headships.1"]),
        (GivenCopy(renewed=(("HN", "K1"),)), ["renewed.0"]),
    ):
        with pytest.raises(BadInput) as caught:
            copy_cycle(intake, administrator(), CYCLE, wrong)
        assert paths(caught) == place
    assert [one.code for one in read_cycles(intake, administrator())] == [CYCLE]
    with pytest.raises(Refusal) as refused:
        read_copy(intake, officer(), CYCLE)
    assert refused.value.kind is Kind.FORBIDDEN
