"""Each check on cases small enough to be worked out by hand."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from services.verify.claims.model import Claim, EvidenceDocument
from services.verify.screening.model import Severity
from services.verify.screening.rules.checks.check import Check, Result, View
from services.verify.screening.rules.checks.registry import ALL_CHECKS
from services.verify.screening.rules.cohort import Cohort, cohort_of
from services.verify.screening.rules.screening import ScreenedItem, Screening, screen
from services.verify.sources.model import Observation
from shared.contracts.sentences import Sentence
from shared.criteria.loader import load_document
from tests.unit.verify.material import claim, figure, framework

COMPLETE = EvidenceDocument("12/QĐ-UBND", "UBND tỉnh", date(2025, 12, 1), "Nguyễn Văn A", "ab" * 32)


def only(screening: Screening) -> ScreenedItem:
    items = list(screening.items())
    assert len(items) == 1
    return items[0]


def codes(*claims: Claim, **more: Any) -> list[tuple[str, ...]]:
    made = more.pop("made", framework())
    screening = screen(cohort_of(made, claims, more.pop("observations", ()), (), "2025"))
    return [item.codes for item in sorted(screening.items(), key=lambda item: (item.unit, item.criterion))]


def test_arithmetic_leaves_room_for_what_was_rounded() -> None:
    assert codes(claim("A", self_points=50.4)) == [()]  # the value 50 may stand for 50.4
    assert codes(claim("A", value=50.25, self_points=50.3)) == [()]
    assert codes(claim("A", value=50.25, self_points=50.0)) == [()]  # written without decimals
    assert codes(claim("A", value=50.25, self_points=50.35)) == [("ARITHMETIC",)]
    assert codes(claim("A", value=50.28, self_points=50.5)) == [()]  # given in halves
    assert codes(claim("A", value=50.28, self_points=50.4)) == [("ARITHMETIC",)]
    assert codes(claim("A", value=50.0, self_points=58.0)) == [("ARITHMETIC",)]


def test_too_high_a_self_score_is_asked_about_too_low_a_one_is_noted() -> None:
    high = only(screen(cohort_of(framework(), [claim("A", value=50.0, self_points=70.0)])))
    low = only(screen(cohort_of(framework(), [claim("A", value=50.0, self_points=30.0)])))
    assert high.flagged
    assert high.suspicion > 0.5
    assert high.findings[0].severity is Severity.CONFLICT
    assert high.findings[0].numbers == {"value": 50.0, "self_points": 70.0, "ruled_points": 50.0}
    assert not low.flagged
    assert low.suspicion <= 0.05
    assert low.findings[0].severity is Severity.NOTE


def test_a_self_score_beyond_the_maximum_is_a_finding_even_without_a_value() -> None:
    item = only(screen(cohort_of(framework(), [claim("A", value=None, self_points=120.0)])))
    assert item.codes == ("ARITHMETIC",)
    assert item.flagged
    assert only(screen(cohort_of(framework(), [claim("A", value=None, self_points=-5.0)]))).codes == ("ARITHMETIC",)


def test_a_value_outside_its_rule_is_a_finding_not_bad_input() -> None:
    assert codes(claim("A", value=130.0, self_points=100.0)) == [("ARITHMETIC",)]
    rubric = load_document(
        {
            "framework": "r",
            "criteria": [{"code": "C0", "max_points": 20, "kind": "qualitative", "rule": {"name": "rubric"}}],
        }
    )
    assert codes(claim("A", value=7.0, self_points=None), made=rubric) == [("ARITHMETIC",)]
    assert codes(claim("A", value=4.0, self_points=16.0), made=rubric) == [()]
    assert codes(claim("A", value=4.0, self_points=20.0), made=rubric) == [("ARITHMETIC",)]


def test_levels_and_counts_are_exact() -> None:
    made = load_document(
        {
            "framework": "c",
            "criteria": [
                {"code": "C0", "max_points": 30, "kind": "count", "rule": {"name": "per_count", "points_each": 10}},
                {
                    "code": "C1",
                    "max_points": 30,
                    "kind": "quantitative",
                    "rule": {"name": "goalposts", "low": 0, "high": 3},
                },
            ],
        }
    )
    assert codes(claim("A", value=2.0, self_points=21.0), claim("A", "C1", 2.0, self_points=20.2), made=made) == [
        ("ARITHMETIC",),
        (),
    ]


def test_a_rule_that_looks_at_the_others_only_notes_a_difference() -> None:
    made = load_document(
        {"framework": "m", "criteria": [{"code": "C0", "max_points": 10, "rule": {"name": "share_of_best"}}]}
    )
    screening = screen(
        cohort_of(made, [claim("A", value=5.0, self_points=8.0), claim("B", value=10.0, self_points=10.0)])
    )
    first = next(item for item in screening.items() if item.unit == "A")
    assert first.codes == ("ARITHMETIC",)
    assert not first.flagged


@pytest.mark.parametrize(
    ("value", "observed", "expected", "flagged"),
    [
        (52.0, 50.0, (), False),  # the edge is inside
        (50.0, 52.0, (), False),
        (52.1, 50.0, ("SOURCE_CONFLICT",), True),
        (47.0, 50.0, ("SOURCE_CONFLICT",), False),  # claiming less is noted
    ],
)
def test_a_claim_is_compared_with_its_source_within_the_tolerance(
    value: float, observed: float, expected: tuple[str, ...], flagged: bool
) -> None:
    item = only(screen(cohort_of(framework(), [claim("A", value=value)], [figure("A", value=observed)])))
    assert item.codes == expected
    assert item.flagged is flagged
    assert item.independent_points == observed
    assert item.gap == pytest.approx(value - observed)
    assert item.points_at_stake == pytest.approx(max(0.0, value - observed))
    if not flagged:
        assert item.suspicion <= 0.05


def test_lower_is_better_turns_the_direction_round() -> None:
    made = load_document(
        {
            "framework": "l",
            "criteria": [
                {
                    "code": "C0",
                    "max_points": 100,
                    "rule": {"name": "goalposts", "low": 100, "high": 0},
                    "sources": [{"id": "nso", "indicator": "I0", "relation": "same", "tolerance": {"relative": 0.1}}],
                }
            ],
        }
    )
    kind = only(screen(cohort_of(made, [claim("A", value=20.0, self_points=80.0)], [figure("A", value=50.0)])))
    assert kind.flagged
    assert kind.gap == 30
    harsh = only(screen(cohort_of(made, [claim("A", value=80.0, self_points=20.0)], [figure("A", value=50.0)])))
    assert not harsh.flagged


def test_a_self_score_alone_is_compared_with_the_points_of_the_figure() -> None:
    inside = only(screen(cohort_of(framework(), [claim("A", value=None, self_points=52.0)], [figure("A", value=50.0)])))
    outside = only(
        screen(cohort_of(framework(), [claim("A", value=None, self_points=70.0)], [figure("A", value=50.0)]))
    )
    assert inside.codes == ()
    assert outside.codes == ("SOURCE_CONFLICT",)
    assert outside.flagged


def test_figures_that_earn_the_same_points_are_no_reason_to_ask() -> None:
    made = load_document(
        {
            "framework": "cap",
            "criteria": [
                {
                    "code": "C0",
                    "max_points": 10,
                    "target": "registered",
                    "rule": {"name": "proportional"},
                    "sources": [{"id": "nso", "indicator": "I0", "relation": "same", "tolerance": {"absolute": 1}}],
                }
            ],
        }
    )
    item = only(
        screen(cohort_of(made, [claim("A", value=120.0, self_points=10.0, target=100.0)], [figure("A", value=110.0)]))
    )
    assert item.codes == ("SOURCE_CONFLICT",)
    assert not item.flagged
    assert item.points_at_stake == 0


def test_an_older_figure_raises_no_conflict_but_is_shown() -> None:
    item = only(
        screen(cohort_of(framework(), [claim("A", value=90.0)], [figure("A", value=50.0, period="2024")], (), "2025"))
    )
    assert item.codes == ()
    assert item.independent_points == 50
    assert "2024" in item.explained("en")


def test_the_first_source_is_used_and_a_second_one_that_differs_is_named() -> None:
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
    figures = [figure("A", value=50.0), Observation("ministry", "A", "I0", "2025", 70.0)]
    item = only(screen(cohort_of(made, [claim("A", value=51.0)], figures)))
    assert item.codes == ("SOURCES_DISAGREE",)
    assert item.independent_points == 50
    assert item.findings[0].severity is Severity.QUESTION
    second_alone = only(screen(cohort_of(made, [claim("A", value=51.0)], figures[1:])))
    assert second_alone.codes == ("SOURCE_CONFLICT",)
    assert second_alone.independent_points == 70


def test_a_lowered_target_is_named() -> None:
    lowered = only(screen(cohort_of(framework(), [claim("A", target=90.0, revised_target=80.0)])))
    raised = only(screen(cohort_of(framework(), [claim("A", target=90.0, revised_target=95.0)])))
    assert lowered.codes == ("TARGET_LOWERED",)
    assert not lowered.flagged
    assert raised.codes == ()


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (None, ()),
        ((), ("EVIDENCE_MISSING",)),
        ((COMPLETE,), ()),
        ((EvidenceDocument("12/QĐ", "UBND", date(2025, 1, 1), "", "ab" * 32),), ("EVIDENCE_INSUFFICIENT",)),
        ((EvidenceDocument("12/QĐ", "UBND", date(2025, 1, 1), "A", None),), ("EVIDENCE_INSUFFICIENT",)),
        ((EvidenceDocument("12/QĐ", "UBND", date(2025, 1, 1), "A", None, reference_only=True),), ()),
        ((EvidenceDocument(), COMPLETE), ()),  # one complete document is enough
    ],
)
def test_evidence_is_looked_at_only_where_we_were_told(
    evidence: tuple[EvidenceDocument, ...] | None, expected: tuple[str, ...]
) -> None:
    made = load_document(
        {
            "framework": "e",
            "criteria": [
                {
                    "code": "C0",
                    "max_points": 100,
                    "evidence": "required",
                    "rule": {"name": "goalposts", "low": 0, "high": 100},
                }
            ],
        }
    )
    screening = screen(cohort_of(made, [claim("A", evidence=evidence)]))
    assert only(screening).codes == expected
    assert ("EVIDENCE_MISSING" in {absent.code for absent in screening.not_run}) is (evidence is None)


def test_all_at_the_maximum_and_all_the_same_are_shapes() -> None:
    draw = np.random.default_rng(1)
    claims = [
        claim(f"U{row}", f"C{column}", 100.0 if row == 3 else float(draw.integers(40, 90)))
        for row in range(12)
        for column in range(6)
    ] + [claim(f"U{row}", "C6", 100.0 if row == 3 else 60.0) for row in range(12)]
    screening = screen(cohort_of(framework(7), claims))
    row = screening.cohort.units.index("U3")
    assert [finding.code for finding in screening.unit_findings[row] if finding.code == "ALL_MAX"] == ["ALL_MAX"]
    assert [each for each, found in screening.unit_findings.items() if "ALL_MAX" in {one.code for one in found}] == [
        row
    ]
    assert [(finding.code, finding.criterion) for finding in screening.cohort_findings] == [
        ("LOW_DISCRIMINATION", "C6")
    ]


class Broken:
    """A check that cannot do its work."""

    code = "ARITHMETIC"
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        return None

    def run(self, view: View) -> Result:
        raise ZeroDivisionError("with a secret in its text")


def test_a_check_that_breaks_is_inconclusive_and_stops_nobody_else() -> None:
    checks: list[Check] = [Broken(), *ALL_CHECKS[1:]]
    screening = screen(cohort_of(framework(), [claim("A", value=80.0)], [figure("A", value=50.0)]), checks)
    item = only(screening)
    assert item.codes == ("SOURCE_CONFLICT",)
    assert screening.unit_findings[0][0].severity is Severity.INCONCLUSIVE
    assert [absent.code for absent in screening.not_run if absent.broken] == ["ARITHMETIC"]
    assert "ZeroDivisionError" in item.explained("en")
    assert "secret" not in item.explained("en") + item.explained("vi")


def test_statistics_that_break_leave_the_rules_standing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise FloatingPointError

    monkeypatch.setattr("services.verify.screening.rules.judgement.find_signals", fail)
    claims = [claim(f"U{row}", value=80.0 if row else 50.0) for row in range(6)]
    screening = screen(cohort_of(framework(), claims, [figure(f"U{row}", value=50.0) for row in range(6)]))
    assert {absent.code for absent in screening.not_run if absent.broken} >= {"PEER_OUTLIER", "SUSPICION"}
    assert [item.flagged for item in sorted(screening.items(), key=lambda item: item.unit)] == [False] + [True] * 5


def test_on_arrival_only_rules_speak_and_nothing_is_flagged() -> None:
    screening = screen(cohort_of(framework(), [claim("A", value=80.0)], [figure("A", value=50.0)], complete=False))
    item = only(screening)
    assert item.codes == ("SOURCE_CONFLICT",)
    assert item.suspicion > 0.5
    assert not item.flagged
    assert {"PEER_OUTLIER", "MODEL_OUTLIER", "HISTORY_OUTLIER"} <= {absent.code for absent in screening.not_run}


def test_bonus_penalty_and_gate_are_claims_like_others() -> None:
    made = framework(
        1,
        None,
        bonuses=[{"code": "B1", "points_each": 10, "cap": 20}],
        penalties=[{"code": "P1", "points_each": -2, "floor": -10}],
        gates=[{"code": "X1", "effect": "hold"}],
    )
    found = codes(
        claim("A", "B1", 1.0, self_points=20.0),
        claim("A", "P1", 2.0, self_points=-4.0),
        claim("A", "X1", 0.0, self_points=None),
        made=made,
    )
    assert found == [("ARITHMETIC",), (), ()]
