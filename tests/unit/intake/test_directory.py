"""Validity periods: what one list may do to a directory, and what never comes of it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.intake.directory.model import Council, Directory, Membership, Validity
from services.intake.directory.rules import plan_memberships
from shared.contracts.refusals import BadInput
from shared.criteria.model import Title
from tests.builders.intake import cluster, unit

START = date(2026, 1, 1)
days = st.integers(min_value=0, max_value=12).map(lambda days: START + timedelta(days=days))


@st.composite
def memberships(draw: st.DrawFn) -> Membership:
    since = draw(days)
    until = draw(st.none() | st.integers(min_value=1, max_value=6).map(lambda length: since + timedelta(days=length)))
    return Membership(draw(st.sampled_from(["A", "B"])), draw(st.sampled_from(["K1", "K2"])), Validity(since, until))


def clusters_on(rows: list[Membership], name: str, day: date) -> list[str]:
    return [row.cluster for row in rows if row.unit == name and row.validity.contains(day)]


@given(st.lists(st.lists(memberships(), max_size=4), max_size=5))
def test_nobody_is_ever_in_two_clusters_on_one_day(lists: list[list[Membership]]) -> None:
    directory = Directory(
        Council("c", Title(en="C")), [unit("A"), unit("B")], [cluster("K1"), cluster("K2")], memberships=[]
    )
    for given_list in lists:
        try:
            plan = plan_memberships(directory, given_list)
        except BadInput:
            continue
        replaced = {before.key for before, _ in plan.changed}
        rows = [row for row in directory.memberships if row.key not in replaced]
        rows += [after for _, after in plan.changed] + list(plan.added)  # type: ignore[arg-type]
        assert {row.key for row in given_list} <= {row.key for row in rows}
        directory = Directory(directory.council, directory.units, directory.clusters, rows)
    for name in ("A", "B"):
        for offset in range(20):
            assert len(clusters_on(list(directory.memberships), name, START + timedelta(days=offset))) <= 1


@given(days, st.none() | days, days, st.none() | days)
def test_overlap_is_what_sharing_a_day_means(one: date, end: date | None, two: date, other_end: date | None) -> None:
    first, second = Validity(one, end), Validity(two, other_end)
    shared = any(
        first.contains(day) and second.contains(day) for day in (START + timedelta(days=offset) for offset in range(40))
    )
    if (end is None or end > one) and (other_end is None or other_end > two):
        assert first.overlaps(second) == second.overlaps(first) == shared
