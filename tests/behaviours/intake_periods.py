"""Shorter cycles rolled up into longer ones, a province's own cycle, a block with several deputies, baselines."""

from datetime import date
from typing import Any

import pytest

from services.intake.administration.actions import create_cycle, open_cycle
from services.intake.assessments.actions import save_items
from services.intake.assessments.queries import read_draft
from services.intake.covenants.model import Line
from services.intake.covenants.queries import read_covenant
from services.intake.cycles.queries import read_cycle, read_cycles
from services.intake.directory.actions import (
    record_clusters,
    record_council,
    record_headships,
    record_memberships,
    record_successions,
    record_units,
)
from services.intake.directory.model import Council, Succession
from services.intake.directory.queries import read_directory
from services.intake.ports import Store
from services.intake.results.actions import record_verified, set_roll_up
from services.intake.submissions.actions import submit, take_step
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.criteria.model import Title
from shared.people import Grant, Role
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    a_directory,
    administrator,
    cluster,
    headship,
    leader,
    membership,
    new_cycle,
    officer,
    person,
    reviewer,
    said,
    unit,
)

QUARTERS = tuple(f"2026-q{number}" for number in range(1, 5))


def open_quarters(intake: Store) -> None:
    a_directory(intake)
    for number, code in enumerate(QUARTERS, start=1):
        command = new_cycle(code=code, period=f"2026-Q{number}", period_kind="quarter")
        create_cycle(intake, administrator(), command)
        open_cycle(intake, administrator(), code)


def open_year(intake: Store, rule: str = "sum", **rules: str) -> None:
    create_cycle(intake, administrator(), new_cycle())
    set_roll_up(intake, administrator(), CYCLE, list(reversed(QUARTERS)), rule, rules)
    open_cycle(intake, administrator(), CYCLE)


def sent(intake: Store, cycle: str, *claims: Any, unit_code: str = "HN") -> None:
    seen = read_draft(intake, officer(unit_code), cycle, unit_code).draft.version or None
    submit(intake, leader(unit_code), cycle, unit_code, seen=seen, given=list(claims))


def verified(intake: Store, cycle: str, value: float, *, criterion: str, blocks: bool = False) -> None:
    """Verify's feed says what counts for HN."""
    item = {"criterion": criterion, "value": value, "blocks_freeze": blocks}
    with intake.unit_of_work() as uow:
        record_verified(uow, {"cycle": cycle, "unit": "HN", "cohort_screened": True, "items": [item]})
        uow.commit()


def test_four_quarters_make_a_year_by_the_declared_rules(intake: Store) -> None:
    open_quarters(intake)
    open_year(intake, "sum", C1="mean", C3="last")
    for number, code in enumerate(QUARTERS, start=1):
        sent(intake, code, said("C1", float(number), 1), said("C2", 2.0, 10), said("C3", float(number == 4), 20))
    view = read_draft(intake, officer(), CYCLE, "HN")
    assert {code: (one.value, one.rule) for code, one in view.rolled.items()} == {
        "C1": (2.5, "mean"),
        "C2": (8.0, "sum"),
        "C3": (1.0, "last"),
    }
    assert view.rolled["C1"].parts == tuple((code, float(n)) for n, code in enumerate(QUARTERS, start=1))
    assert not view.rolled["C1"].is_verified
    assert view.draft.version == 0  # nothing is written before somebody saves
    assert read_draft(intake, officer("HP"), CYCLE, "HP").rolled == {}


def test_a_gap_in_a_shorter_cycle_is_never_a_number(intake: Store) -> None:
    open_quarters(intake)
    open_year(intake, "sum", C3="last")
    for code in QUARTERS[1:]:
        sent(intake, code, said("C2", 2.0, 10), said("C3", 1, 20))
    rolled = read_draft(intake, officer(), CYCLE, "HN").rolled
    assert {code: one.value for code, one in rolled.items()} == {"C2": None, "C3": 1.0}


def test_a_returned_version_does_not_count_and_a_verified_value_goes_first(intake: Store) -> None:
    open_quarters(intake)
    open_year(intake)
    for code in QUARTERS:
        sent(intake, code, said("C2", 2.0, 10))
    sent(intake, QUARTERS[0], said("C2", 4.0, 20))
    take_step(intake, reviewer(), QUARTERS[0], "HN", 2, "returned", "Thiếu phụ lục")
    assert read_draft(intake, officer(), CYCLE, "HN").rolled["C2"].value == 8.0
    verified(intake, QUARTERS[0], 1.0, criterion="C2")
    verified(intake, QUARTERS[1], 1.0, criterion="C2", blocks=True)  # nobody has decided yet
    rolled = read_draft(intake, officer(), CYCLE, "HN").rolled["C2"]
    assert (rolled.value, rolled.is_verified) == (7.0, False)
    for code in QUARTERS:
        verified(intake, code, 1.0, criterion="C2")
    assert read_draft(intake, officer(), CYCLE, "HN").rolled["C2"].is_verified


def test_a_unit_may_say_another_value_and_is_asked_why(intake: Store) -> None:
    open_quarters(intake)
    open_year(intake)
    for code in QUARTERS:
        sent(intake, code, said("C2", 2.0, 10))
    save_items(intake, officer(), CYCLE, "HN", [said("C2", 9, 20)], 0)
    assert read_draft(intake, officer(), CYCLE, "HN").unlike_shorter == ["C2"]
    save_items(intake, officer(), CYCLE, "HN", [said("C2", 9, 20, explanation="Bổ sung sau quý")], 1)
    assert read_draft(intake, officer(), CYCLE, "HN").unlike_shorter == []


@pytest.mark.parametrize(
    ("parts", "rules", "place"),
    [
        (["2026-q1", "nowhere"], {}, "parts.1"),
        (["2027-q1"], {}, "parts.0"),
        (["2026-q1", "2026-h1"], {}, "parts.1"),
        (["year-2026"], {}, "parts.0"),
        (["2026-q1"], {"ZZ": "sum"}, "rules.ZZ"),
        (["2026-q1", "2026-q1"], {}, "parts"),
    ],
)
def test_what_cannot_be_rolled_up_is_located(
    intake: Store, parts: list[str], rules: dict[str, str], place: str
) -> None:
    a_directory(intake)
    for code, period, kind in (
        ("2026-q1", "2026-Q1", "quarter"),
        ("2027-q1", "2027-Q1", "quarter"),
        ("2026-h1", "2026-H1", "half"),
        (CYCLE, "2026", "year"),
    ):
        create_cycle(intake, administrator(), new_cycle(code=code, period=period, period_kind=kind))
    with pytest.raises(BadInput) as caught:
        set_roll_up(intake, administrator(), CYCLE, parts, "sum", rules)
    assert place in [fault.path for fault in caught.value.faults]
    with pytest.raises(Refusal) as refused:
        set_roll_up(intake, officer(), CYCLE, [], "sum", {})
    assert refused.value.kind is Kind.FORBIDDEN


def test_months_roll_up_into_a_quarter_too(intake: Store) -> None:
    a_directory(intake)
    months = [f"2026-0{number}" for number in range(1, 4)]
    for code in months:
        create_cycle(intake, administrator(), new_cycle(code=f"t-{code}", period=code, period_kind="month"))
    quarter = new_cycle(code="t-q1", period="2026-Q1", period_kind="quarter")
    create_cycle(intake, administrator(), quarter)
    wanted = [f"t-{code}" for code in months]
    assert set_roll_up(intake, administrator(), "t-q1", wanted, "sum", {}).parts == tuple(wanted)


# --- a province's own cycle, a block of agencies --------------------------------------------------------------


def test_a_province_runs_its_own_cycle_for_its_communes(intake: Store) -> None:
    a_directory(intake)
    province = "hai-phong"
    chief = administrator(province)
    record_council(intake, chief, Council(province, Title(vi="Hội đồng TĐKT thành phố Hải Phòng")))
    communes = [f"X{number:03}" for number in range(1, 15)]
    record_units(intake, chief, province, [unit(code) for code in communes])
    record_clusters(intake, chief, province, [cluster("C1"), cluster("C2")])
    members = [membership(code, "C1" if number < 7 else "C2") for number, code in enumerate(communes)]
    record_memberships(intake, chief, province, members)
    create_cycle(intake, chief, new_cycle(code="hp-2026", council=province))
    open_cycle(intake, chief, "hp-2026")
    signer = person(Grant(Role.SIGNING_LEADER, province, units=("X001",)), account="x001", name="Chủ tịch xã")
    done, created = submit(intake, signer, "hp-2026", "X001", seen=None, given=[said("C1", 5, 20)])
    assert (created, done.cluster) == (True, "C1")
    # Nobody of the Central Council sees it, not even its administrator, and nobody of the province sees that one's.
    for stranger in (administrator(), officer("HP"), reviewer()):
        with pytest.raises(Refusal) as refused:
            read_cycle(intake, stranger, "hp-2026")
        assert refused.value.kind is Kind.NOT_FOUND
        assert "hp-2026" not in [one.code for one in read_cycles(intake, stranger)]
    with pytest.raises(Refusal) as refused:
        read_directory(intake, signer, COUNCIL)
    assert refused.value.kind is Kind.NOT_FOUND


def test_a_block_of_fourteen_agencies_has_several_deputies_in_order(intake: Store) -> None:
    agencies = tuple(f"S{number:02}" for number in range(14))
    a_directory(intake, agencies)
    order = ("S05", "S02", "S09")
    rows = [headship(code, position="deputy") for code in order]
    placed = [type(row)(row.cluster, row.unit, row.position, row.validity, n) for n, row in enumerate(rows, start=1)]
    record_headships(intake, administrator(), COUNCIL, placed)
    create_cycle(intake, administrator(), new_cycle())
    open_cycle(intake, administrator(), CYCLE)
    [frozen] = read_cycle(intake, officer("S00"), CYCLE).clusters
    assert (frozen.head, frozen.deputies, len(frozen.members)) == ("S00", order, 14)


# --- baselines ------------------------------------------------------------------------------------------------


def two_years(intake: Store, *links: Succession) -> None:
    a_directory(intake)
    create_cycle(intake, administrator(), new_cycle(code="year-2025", period="2025"))
    open_cycle(intake, administrator(), "year-2025")
    sent(intake, "year-2025", said("C1", 5.5, 20))
    if links:
        record_successions(intake, administrator(), COUNCIL, links)
    create_cycle(intake, administrator(), new_cycle())
    open_cycle(intake, administrator(), CYCLE)


def test_last_years_result_is_offered_as_baseline(intake: Store) -> None:
    two_years(intake)
    last = read_covenant(intake, officer(), CYCLE, "HN").last
    assert last.cycle is not None
    assert (last.cycle.code, last.values, last.is_verified) == ("year-2025", {"C1": 5.5}, False)
    verified(intake, "year-2025", 5.1, criterion="C1")
    last = read_covenant(intake, officer(), CYCLE, "HN").last
    assert (last.values, last.is_verified) == ({"C1": 5.1}, True)
    # It is offered, and nothing is written by that.
    assert read_covenant(intake, officer(), CYCLE, "HN").covenant.line("C1") == Line("C1")
    assert read_covenant(intake, officer("HP"), CYCLE, "HP").last.values == {}


def test_nothing_is_carried_through_a_merger(intake: Store) -> None:
    two_years(intake, Succession("HN", "HN", date(2026, 7, 1), "Nghị quyết 202"))
    last = read_covenant(intake, officer(), CYCLE, "HN").last
    assert (last.cycle, last.is_merged) == (None, True)
