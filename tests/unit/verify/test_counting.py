"""What counts at the freeze, case by case, and who could still come first."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verify.claims.model import Claim
from services.verify.results.model import Counted, Decided, Verdict
from services.verify.results.rules.counting import could_still_come_first, count, wait_for_contenders
from services.verify.screening.rules.cohort import Cohort, cohort_of
from services.verify.sources.model import Observation
from shared.contracts.verify_v1 import BASES, STATES
from shared.criteria.loader import load_document
from tests.unit.verify.material import claim, figure, framework


def counted(cohort: Cohort, decisions: dict[tuple[str, str], Decided] | None = None) -> dict[tuple[str, str], Counted]:
    return {(item.unit, item.criterion): item for item in count(cohort, decisions or {})}


def one(claimed: Claim, *figures: Observation, decided: Decided | None = None, **top: Any) -> Counted:
    cohort = cohort_of(framework(1, **top), [claimed], figures, (), "2025")
    return counted(cohort, {("A", "C0"): decided} if decided else {})["A", "C0"]


def test_within_tolerance_the_source_counts_not_the_claim() -> None:
    item = one(claim("A", value=52.0), figure("A", value=50.0))
    assert (item.value, item.points, item.state, item.basis) == (50.0, None, "verified", "source")
    assert not item.blocks_freeze
    assert item.claimed_value == 52.0
    assert item.observed_row == 0


def test_never_the_better_of_claim_and_source() -> None:
    assert one(claim("A", value=49.0), figure("A", value=50.0)).value == 50.0
    assert one(claim("A", value=51.0), figure("A", value=50.0)).value == 50.0


def test_a_preliminary_figure_counts_provisionally() -> None:
    item = one(claim("A", value=50.0), figure("A", value=50.0, status="preliminary"))
    assert (item.value, item.state, item.basis) == (50.0, "provisional", "source")


def test_outside_and_undecided_blocks_on_either_side() -> None:
    for value in (60.0, 40.0):
        item = one(claim("A", value=value), figure("A", value=50.0))
        assert (item.value, item.points, item.state, item.basis) == (None, None, "contested", "none")
        assert item.blocks_freeze


def test_a_decision_counts_and_says_what_it_rests_on() -> None:
    on_source = one(
        claim("A", value=60.0), figure("A", value=50.0), decided=Decided(Verdict.ADJUST, 50.0, None, on_source=True)
    )
    assert (on_source.value, on_source.state, on_source.basis, on_source.blocks_freeze) == (
        50,
        "verified",
        "decision",
        False,
    )
    on_paper = one(
        claim("A", value=60.0), figure("A", value=50.0), decided=Decided(Verdict.ACCEPT, 60.0, None, on_source=False)
    )
    assert (on_paper.value, on_paper.state, on_paper.basis) == (60.0, "documented", "decision")
    settled = one(
        claim("A", value=60.0), figure("A", value=50.0), decided=Decided(Verdict.SETTLE, 50.0, None, on_source=True)
    )
    assert (settled.value, settled.state, settled.basis) == (50.0, "verified", "settled")


def test_without_a_source_a_bare_self_score_never_counts() -> None:
    item = one(claim("A", value=90.0), uncorroborated="documented")
    assert (item.value, item.points, item.state, item.basis) == (None, None, "unverifiable", "none")
    assert item.blocks_freeze
    accepted = one(claim("A", value=90.0), decided=Decided(Verdict.ACCEPT, 90.0, None, on_source=False))
    assert (accepted.value, accepted.state, accepted.blocks_freeze) == (90.0, "documented", False)


def test_an_older_figure_never_replaces_a_value() -> None:
    item = one(claim("A", value=90.0), figure("A", value=50.0, period="2024"))
    assert (item.value, item.state, item.blocks_freeze, item.observed_row) == (None, "provisional", True, 0)


def test_left_out_leaves_out_for_the_whole_cluster_and_only_there() -> None:
    made = framework(2, uncorroborated="left_out")
    claims = [
        claim(unit, code, 50.0, cluster=cluster)
        for unit, cluster in (("A", "K"), ("B", "K"), ("C", "L"))
        for code in ("C0", "C1")
    ]
    figures = [figure(one.unit, one.criterion) for one in claims if (one.unit, one.criterion) != ("A", "C0")]
    found = counted(cohort_of(made, claims, figures))
    assert found["A", "C0"].left_out
    assert found["B", "C0"].left_out
    assert found["B", "C0"].value is None
    assert not found["B", "C1"].left_out
    assert not found["C", "C0"].left_out
    assert found["C", "C0"].value == 50.0
    assert not any(item.blocks_freeze for item in found.values())
    decided = counted(
        cohort_of(made, claims, figures), {("A", "C0"): Decided(Verdict.ACCEPT, 50.0, None, on_source=False)}
    )
    assert not decided["B", "C0"].left_out


def test_what_nobody_claims_is_neither_counted_nor_waited_for() -> None:
    made = framework(2)
    found = counted(cohort_of(made, [claim("A", "C0")], [figure("A", "C0"), figure("A", "C1")]))
    assert (found["A", "C1"].value, found["A", "C1"].blocks_freeze, found["A", "C1"].basis) == (None, False, "none")
    assert one(claim("A", value=None), figure("A")).value is None


def test_a_criterion_without_a_rule_counts_points() -> None:
    made = load_document(
        {
            "framework": "direct",
            "criteria": [
                {
                    "code": "C0",
                    "max_points": 20,
                    "sources": [{"id": "board", "indicator": "R", "relation": "same", "tolerance": {"absolute": 1}}],
                }
            ],
        }
    )
    rated = [Observation("board", "A", "R", "2025", 15.0)]
    item = counted(cohort_of(made, [claim("A", value=None, self_points=15.5)], rated))["A", "C0"]
    assert (item.value, item.points, item.state) == (None, 15.0, "verified")
    outside = counted(cohort_of(made, [claim("A", value=None, self_points=19.0)], rated))["A", "C0"]
    assert outside.blocks_freeze


def test_sources_that_disagree_make_an_item_contested_but_the_first_one_counts() -> None:
    source = {"indicator": "I0", "relation": "same", "tolerance": {"absolute": 2}}
    made = load_document(
        {
            "framework": "two",
            "criteria": [
                {
                    "code": "C0",
                    "max_points": 100,
                    "rule": {"name": "goalposts", "low": 0, "high": 100},
                    "sources": [source | {"id": "nso"}, source | {"id": "ministry"}],
                }
            ],
        }
    )
    for other, state in ((70.0, "contested"), (53.0, "verified")):
        figures = [figure("A", value=50.0), Observation("ministry", "A", "I0", "2025", other)]
        item = counted(cohort_of(made, [claim("A", value=50.0)], figures))["A", "C0"]
        assert (item.value, item.state, item.basis) == (50.0, state, "source")


def test_facts_declared_against_oneself_are_never_dropped() -> None:
    top: dict[str, Any] = {
        "uncorroborated": "left_out",
        "penalties": [{"code": "P1", "points_each": -8, "floor": -8}],
        "gates": [{"code": "X1", "effect": "hold"}],
        "bonuses": [{"code": "B1", "points_each": 5}],
    }
    made = framework(1, **top)
    claims = [claim("A", "C0"), claim("A", "P1", 1.0), claim("A", "X1", 1.0), claim("A", "B1", 1.0)]
    found = counted(cohort_of(made, claims, [figure("A")]))
    assert found["A", "P1"].blocks_freeze
    assert found["A", "X1"].blocks_freeze
    assert found["A", "B1"].left_out
    none = [claim("A", "C0"), claim("A", "P1", 0.0), claim("A", "X1", 0.0), claim("A", "B1", 0.0)]
    found = counted(cohort_of(made, none, [figure("A")]))
    assert [found["A", code].value for code in ("P1", "X1", "B1")] == [0.0, 0.0, 0.0]
    assert not any(item.blocks_freeze or item.left_out for item in found.values())


@given(
    claimed=st.one_of(st.none(), st.floats(0, 100)),
    observed=st.one_of(st.none(), st.floats(0, 100)),
    period=st.sampled_from(["2024", "2025"]),
    policy=st.sampled_from(["documented", "left_out"]),
    decided=st.one_of(st.none(), st.floats(0, 100)),
)
def test_a_value_counts_only_with_a_source_or_a_decision(
    claimed: float | None, observed: float | None, period: str, policy: str, decided: float | None
) -> None:
    figures = [] if observed is None else [figure("A", value=observed, period=period)]
    decision = None if decided is None else Decided(Verdict.ADJUST, decided, None, on_source=False)
    item = one(claim("A", value=claimed), *figures, decided=decision, uncorroborated=policy)
    assert item.state in STATES
    assert item.basis in BASES
    if item.value is not None:
        assert item.value in (observed, decided)
        assert item.basis in ("source", "decision")
        assert not item.blocks_freeze
        assert not item.left_out
    else:
        assert item.basis == "none"


def contenders(cohort: Cohort, decisions: dict[tuple[str, str], Decided] | None = None) -> tuple[str, ...]:
    return could_still_come_first(cohort, count(cohort, decisions))["K"]


def test_who_could_still_come_first() -> None:
    # A is settled at 60; B claims 90 against 50: 50 to 90; C claims 55 without a source: 0 to 55.
    made = framework(1)
    claims = [
        claim("A", value=60.0),
        claim("B", value=90.0),
        claim("C", value=55.0),
        claim("D", "C0", 60.0, cluster="L"),
    ]
    figures = [figure("A", value=60.0), figure("B", value=50.0), figure("D", value=60.0)]
    cohort = cohort_of(made, claims, figures)
    assert contenders(cohort) == ("A", "B")
    assert contenders(cohort, {("B", "C0"): Decided(Verdict.ADJUST, 50.0, None, on_source=True)}) == ("A",)
    assert contenders(cohort, {("B", "C0"): Decided(Verdict.ACCEPT, 90.0, None, on_source=False)}) == ("B",)
    assert could_still_come_first(cohort, count(cohort))["L"] == ("D",)


def test_what_a_unit_declares_against_itself_holds_at_its_lowest_too() -> None:
    # A would be first, but declares a violation that takes it out of the ranking; the penalty keeps C below B.
    made = framework(
        1, gates=[{"code": "X1", "effect": "annul"}], penalties=[{"code": "P1", "points_each": -8, "floor": -8}]
    )
    claims = [claim("A", value=90.0), claim("A", "X1", 1.0), claim("B", value=60.0), claim("C", value=62.0)]
    claims.append(claim("C", "P1", 1.0))
    figures = [figure("A", value=90.0), figure("B", value=60.0), figure("C", value=62.0)]
    assert contenders(cohort_of(made, claims, figures)) == ("B",)


def test_ties_are_contenders() -> None:
    claims = [claim("A", value=60.0), claim("B", value=60.0)]
    assert contenders(cohort_of(framework(1), claims, [figure("A", value=60.0), figure("B", value=60.0)])) == ("A", "B")


def test_contenders_under_a_rule_that_looks_at_the_cluster() -> None:
    made = load_document(
        {
            "framework": "m",
            "missing": "zero",
            "criteria": [
                {
                    "code": f"C{column}",
                    "max_points": 10,
                    "rule": {"name": "share_of_best"},
                    "sources": [
                        {"id": "nso", "indicator": f"I{column}", "relation": "same", "tolerance": {"absolute": 1}}
                    ],
                }
                for column in range(2)
            ],
        }
    )
    # B's claim of 200 on C0, if it held, would press A's points down: A 10·100/200 + 10 = 15, B 10 + 8 = 18.
    claims = [claim("A", "C0", 100.0), claim("A", "C1", 100.0), claim("B", "C0", 200.0), claim("B", "C1", 80.0)]
    figures = [figure("A", "C0", 100.0), figure("A", "C1", 100.0), figure("B", "C0", 80.0), figure("B", "C1", 80.0)]
    assert contenders(cohort_of(made, claims, figures)) == ("A",)


@pytest.mark.parametrize("policy", ["documented", "left_out"])
def test_left_out_items_decide_nothing(policy: str) -> None:
    made = framework(2, uncorroborated=policy)
    claims = [claim("A", "C0", 50.0), claim("B", "C0", 60.0), claim("A", "C1", 100.0), claim("B", "C1", 0.0)]
    figures = [figure("A", "C0", 50.0), figure("B", "C0", 60.0)]
    expected = ("B",) if policy == "left_out" else ("A", "B")
    assert contenders(cohort_of(made, claims, figures)) == expected


def test_of_two_open_items_the_better_side_of_each_may_hold() -> None:
    # B over-claims one item and under-claims the other: accepted at 90 and settled at 60 it would have 150.
    claims = [claim("A", "C0", 70.0), claim("A", "C1", 70.0), claim("B", "C0", 90.0), claim("B", "C1", 20.0)]
    figures = [figure("A", "C0", 70.0), figure("A", "C1", 70.0), figure("B", "C0", 50.0), figure("B", "C1", 60.0)]
    assert contenders(cohort_of(framework(2), claims, figures)) == ("A", "B")


def test_whoever_cannot_be_ranked_keeps_nobody_from_the_first_place() -> None:
    # Under `missing: error` a unit that says nothing on an item stays unranked, however well the rest stands.
    made = framework(2, missing="error")
    claims = [claim("A", "C0", 60.0), claim("A", "C1", 60.0), claim("B", "C0", 100.0)]
    figures = [figure("A", "C0", 60.0), figure("A", "C1", 60.0), figure("B", "C0", 100.0)]
    assert contenders(cohort_of(made, claims, figures)) == ("A",)


def test_what_no_rule_scores_is_compared_by_points() -> None:
    source = {"id": "board", "indicator": "R", "relation": "same", "tolerance": {"absolute": 1}}
    made = load_document({"framework": "direct", "criteria": [{"code": "C0", "max_points": 20, "sources": [source]}]})
    claims = [claim("A", value=None, self_points=15.0), claim("B", value=None, self_points=14.0)]
    rated = [Observation("board", "A", "R", "2025", 15.0), Observation("board", "B", "R", "2025", 12.0)]
    assert contenders(cohort_of(made, claims, rated)) == ("A",)
    higher = [claims[0], claim("B", value=None, self_points=19.0)]
    assert contenders(cohort_of(made, higher, rated)) == ("A", "B")


@pytest.mark.parametrize("scope", ["cluster", "all"])
def test_under_rules_that_compare_every_unit_gets_its_own_best_case(scope: str) -> None:
    made = load_document(
        {
            "framework": "m",
            "missing": "zero",
            "criteria": [
                {
                    "code": "C0",
                    "max_points": 10,
                    "rule": {"name": "share_of_best", "scope": scope},
                    "sources": [{"id": "nso", "indicator": "I0", "relation": "same", "tolerance": {"absolute": 1}}],
                }
            ],
        }
    )
    # Both claim 200: if only one claim held, that unit would be first; so either could still come first.
    claims = [claim("A", value=200.0), claim("B", value=200.0), claim("C", value=60.0)]
    figures = [figure("A", value=100.0), figure("B", value=80.0), figure("C", value=60.0)]
    assert contenders(cohort_of(made, claims, figures)) == ("A", "B")


def waited(cohort: Cohort, *asked: tuple[str, str], **decisions: Decided) -> set[tuple[str, str]]:
    in_force = {(unit, "C0"): decided for unit, decided in decisions.items()}
    counted = count(cohort, in_force)
    found = wait_for_contenders(counted, set(asked) - in_force.keys(), could_still_come_first(cohort, counted))
    return {(item.unit, item.criterion) for item in found if item.blocks_freeze}


def test_the_freeze_waits_for_every_question_about_a_contender() -> None:
    claims = [claim("A", value=60.0), claim("B", value=50.0), claim("C", value=90.0, cluster="L")]
    figures = [figure("A", value=60.0), figure("B", value=50.0), figure("C", value=90.0)]
    cohort = cohort_of(framework(1), claims, figures)
    assert waited(cohort) == set()
    assert waited(cohort, ("A", "C0"), ("B", "C0")) == {("A", "C0")}
    assert waited(cohort, ("B", "C0"), ("C", "C0")) == {("C", "C0")}
    counted = count(cohort)
    waiting = wait_for_contenders(counted, {("A", "C0")}, could_still_come_first(cohort, counted))
    (item,) = [item for item in waiting if item.unit == "A"]
    assert (item.value, item.basis, item.state) == (60.0, "source", "verified")  # what counts does not move
    # Once A's item is decided below B, the question about B has to be answered.
    fallen = Decided(Verdict.ADJUST, 40.0, None, on_source=False)
    assert waited(cohort, ("A", "C0"), ("B", "C0"), A=fallen) == {("B", "C0")}


def test_what_decides_nothing_is_not_waited_for() -> None:
    made = framework(2, uncorroborated="left_out")
    claims = [claim("A", "C0", 60.0), claim("A", "C1", 60.0), claim("B", "C0", 50.0)]
    cohort = cohort_of(made, claims, [figure("A", "C0", 60.0), figure("B", "C0", 50.0)])
    assert waited(cohort, ("A", "C1"), ("B", "C1")) == set()
    silent = cohort_of(framework(1), [claim("A", value=None)], [figure("A")])
    assert waited(silent, ("A", "C0")) == set()


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100), st.booleans()), min_size=2, max_size=6))
def test_after_one_settlement_nothing_new_is_waited_for(units: list[tuple[float, float, bool]]) -> None:
    """Settling at the figures only narrows what is possible: whoever is first then was a contender before."""
    names = [f"U{number}" for number in range(len(units))]
    claims = [claim(name, value=value) for name, (value, _, _) in zip(names, units, strict=True)]
    figures = [figure(name, value=value) for name, (_, value, _) in zip(names, units, strict=True)]
    cohort = cohort_of(framework(1), claims, figures)
    asked = [(name, "C0") for name, (_, _, some) in zip(names, units, strict=True) if some]
    settled = {
        unit: Decided(Verdict.SETTLE, dict(zip(names, units, strict=True))[unit][1], None, on_source=True)
        for unit, _ in waited(cohort, *asked)
    }
    assert waited(cohort, *asked, **settled) == set()
