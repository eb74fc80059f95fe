"""Checks whose input is not always there: other reports, national figures, targets, reused files, challenges."""

from dataclasses import replace
from datetime import date

import pytest

from services.verify.claims.model import Challenge, EvidenceDocument, PastClaim, Registered
from services.verify.screening.model import CODES, Severity
from services.verify.screening.rules.cohort import cohort_of
from services.verify.screening.rules.screening import Screening, screen
from services.verify.sources.model import Observation
from shared.criteria.loader import load_document
from shared.criteria.model import Framework
from tests.unit.verify.material import claim, figure, framework

FILE = "ab" * 32
DOCUMENT = EvidenceDocument("12/BC-UBND", "UBND tỉnh A", date(2025, 12, 1), "Nguyễn An", FILE)


def codes(screening: Screening) -> dict[tuple[str, str], tuple[str, ...]]:
    """(unit, criterion) → what is said of it, its criterion as a whole included."""
    return {(item.unit, item.criterion): item.all_codes for item in screening.items()}


def not_run(screening: Screening) -> set[str]:
    return {absent.code for absent in screening.not_run}


def required() -> Framework:
    return load_document(
        {
            "framework": "e",
            "criteria": [
                {"code": f"C{number}", "max_points": 100, "evidence": "required",
                 "rule": {"name": "goalposts", "low": 0, "high": 100}}
                for number in range(2)
            ],
        }
    )  # fmt: skip


def test_every_check_without_input_is_listed_as_not_run() -> None:
    screening = screen(cohort_of(framework(1, relation=None), [claim("A")]))
    assert set(CODES) - {"ARITHMETIC"} == not_run(screening)


@pytest.mark.parametrize(
    ("source", "indicator", "reported", "asked"),
    [
        ("own_report", "C0", 47.0, True),
        ("own-report-mid-year", "I0", 55.0, True),
        ("own_report", "C0", 51.5, False),  # within the tolerance of the criterion's source
        ("other", "I0", 47.0, False),
    ],
)
def test_another_report_of_the_unit_is_compared_but_never_independent(
    source: str, indicator: str, reported: float, asked: bool
) -> None:
    report = Observation(source, "A", indicator, "2025", reported)
    screening = screen(cohort_of(framework(), [claim("A", value=50.0)], [report]))
    (item,) = screening.items()
    assert ("INCONSISTENT_REPORTS" in item.codes) is asked
    assert item.independent_points is None
    if asked:
        assert source in item.explained("en")
        assert str(int(reported)) in item.explained("vi")
    assert ("INCONSISTENT_REPORTS" in not_run(screening)) is (source == "other")


def test_an_own_report_that_the_framework_names_is_no_source_either() -> None:
    source = {"id": "own_report", "indicator": "I0", "relation": "same", "tolerance": {"absolute": 1}}
    rule = {"name": "goalposts", "low": 0, "high": 100}
    made = load_document(
        {"framework": "o", "criteria": [{"code": "C0", "max_points": 100, "rule": rule, "sources": [source]}]}
    )
    report = Observation("own_report", "A", "I0", "2025", 40.0)
    (item,) = screen(cohort_of(made, [claim("A", value=50.0)], [report])).items()
    assert item.codes == ("INCONSISTENT_REPORTS",)
    assert item.independent_points is None


def test_nearly_everybody_above_the_mean_is_a_shape() -> None:
    claims = [claim(f"U{row}", value=52.0 + row) for row in range(20)]
    national = figure("national", value=50.0)
    assert codes(screen(cohort_of(framework(), claims, [national])))["U3", "C0"] == ("EVERYONE_ABOVE_AVERAGE",)
    half = [claim(f"U{row}", value=40.0 + row) for row in range(20)]
    screening = screen(cohort_of(framework(), half, [national]))
    assert codes(screening)["U3", "C0"] == ()
    assert not screening.cohort.ignored


def amounts(national: float) -> Screening:
    rule = {"name": "goalposts", "low": 0, "high": 100}
    source = {"id": "nso", "indicator": "I0", "relation": "same", "tolerance": {"absolute": 100}}
    made = load_document(
        {"framework": "a", "criteria": [
            {"code": "C0", "max_points": 100, "unit": "tỷ đồng", "rule": rule, "sources": [source]}
        ]}
    )  # fmt: skip
    claims = [claim(f"U{row}", value=10.0 + row) for row in range(8)]  # 108 together
    return screen(cohort_of(made, claims, [figure("VN", value=national)]))


def test_amounts_that_add_up_to_more_than_the_whole_are_a_shape() -> None:
    assert codes(amounts(60.0))["U3", "C0"] == ("ADDING_UP",)
    assert codes(amounts(107.0))["U3", "C0"] == ()  # rounding
    assert codes(amounts(500.0))["U3", "C0"] == ()


@pytest.mark.parametrize(
    ("target", "last", "expected"),
    [(90.0, 95.0, True), (95.0, 95.0, False), (96.0, 95.0, False), (50.0, None, False)],
)
def test_a_target_below_the_last_result_is_noted(target: float, last: float | None, expected: bool) -> None:
    history = [PastClaim("A", "C0", "2024", value=last)] if last is not None else []
    screening = screen(cohort_of(framework(), [claim("A", target=target)], (), history, "2025"))
    (item,) = screening.items()
    assert ("TARGET_UNAMBITIOUS" in item.codes) is expected
    assert not item.flagged
    assert ("TARGET_UNAMBITIOUS" in not_run(screening)) is (last is None)


def test_a_target_below_the_national_figure_is_noted_and_an_independent_last_result_goes_first() -> None:
    one = [claim("A", target=40.0)]
    (item,) = screen(cohort_of(framework(), one, [figure("national", value=45.0)])).items()
    assert "national figure (45)" in item.explained("en")
    seen = [figure("national", value=45.0), figure("A", value=60.0, period="2024")]
    (item,) = screen(cohort_of(framework(), one, seen)).items()
    assert "last year's result (60)" in item.explained("en")


@pytest.mark.parametrize(("target", "noted"), [(999.0, False), (998.9, True), (1001.0, False)])
def test_a_thousandth_below_the_mark_is_rounding(target: float, noted: bool) -> None:
    (item,) = screen(cohort_of(framework(), [claim("A", target=target)], [figure("national", value=1000.0)])).items()
    assert ("TARGET_UNAMBITIOUS" in item.codes) is noted


def test_a_moved_target_needs_a_document() -> None:
    moved = {"target": 90.0, "revised_target": 95.0}
    bare = screen(cohort_of(required(), [claim("A", evidence=(), **moved)]))
    backed = screen(cohort_of(required(), [claim("A", evidence=(DOCUMENT,), **moved)]))
    assert codes(bare)["A", "C0"] == ("TARGET_UNDOCUMENTED", "EVIDENCE_MISSING")
    assert codes(backed)["A", "C0"] == ()
    assert "TARGET_UNDOCUMENTED" in not_run(screen(cohort_of(required(), [claim("A", **moved)])))


def test_a_file_that_supports_two_units_is_asked_about_unless_a_body_above_them_issued_it() -> None:
    two = [claim("A", evidence=(DOCUMENT,)), claim("B", evidence=(DOCUMENT,))]
    found = codes(screen(cohort_of(required(), two)))
    assert found == {("A", "C0"): ("EVIDENCE_REUSED",), ("B", "C0"): ("EVIDENCE_REUSED",)}
    decision = replace(DOCUMENT, issuer="Bộ Nội vụ")
    three = [claim(unit, evidence=(decision,)) for unit in ("A", "B", "C")]
    assert set(codes(screen(cohort_of(required(), three))).values()) == {()}
    same_unit = [claim("A", evidence=(DOCUMENT,)), claim("A", "C1", evidence=(DOCUMENT,))]
    assert set(codes(screen(cohort_of(required(), same_unit))).values()) == {()}


@pytest.mark.parametrize(("number", "asked"), [("12/BC-UBND", True), ("15/KH-UBND", False), ("7/NQ-HĐND", False)])
def test_last_years_file_is_asked_about_unless_it_is_a_plan_for_several_years(number: str, asked: bool) -> None:
    document = replace(DOCUMENT, document_number=number)
    cohort = cohort_of(required(), [claim("A", evidence=(document,))], earlier_documents={"A": [document]})
    (item,) = screen(cohort).items()
    assert ("EVIDENCE_REUSED" in item.codes) is asked


def test_a_revision_of_the_covenant_names_its_own_document() -> None:
    moved = {"target": 90.0, "revised_target": 95.0}
    for revised_by, evidence, expected in (("15/QĐ-TTg", (), False), (" ", (DOCUMENT,), True)):
        one = claim("A", evidence=evidence, registered=Registered(revised_by=revised_by), **moved)
        found = codes(screen(cohort_of(framework(), [one])))["A", "C0"]
        assert ("TARGET_UNDOCUMENTED" in found) is expected


@pytest.mark.parametrize(
    ("registered", "words"),
    [
        (Registered(baseline=60.0, assigned=70.0), "last year's result (60)"),
        (Registered(assigned=50.0, national=55.0), "the assigned target (50)"),
        (Registered(assigned=40.0, national=45.0), "the national figure (45)"),
        (Registered(baseline=40.0, assigned=40.0, national=40.0), None),
    ],
)
def test_a_target_is_held_against_the_covenant(registered: Registered, words: str | None) -> None:
    (item,) = screen(cohort_of(framework(), [claim("A", target=40.0, registered=registered)])).items()
    assert ("TARGET_UNAMBITIOUS" in item.codes) is (words is not None)
    assert words is None or words in item.explained("en")


def test_an_independent_result_goes_before_the_baseline_that_the_unit_gave() -> None:
    one = claim("A", target=40.0, registered=Registered(baseline=41.0))
    (item,) = screen(cohort_of(framework(), [one], [figure("A", value=60.0, period="2024")], (), "2025")).items()
    assert "last year's result (60)" in item.explained("en")


def test_a_challenge_says_whether_the_unit_has_answered() -> None:
    two = [Challenge("B", "88/CV-UBND", answered=True), Challenge("C", "9/CV")]
    for challenges, answered in ((two, False), (two[:1], True)):
        (item,) = screen(cohort_of(framework(), [claim("A")], challenges={("A", "C0"): challenges})).items()
        assert ("The unit has answered." in item.explained("en")) is answered
    assert "PEER_CHALLENGE" not in not_run(screen(cohort_of(framework(), [claim("A")], challenges={})))


def test_a_challenge_asks() -> None:
    challenge = Challenge("B", "88/CV-UBND")
    screening = screen(cohort_of(framework(), [claim("A"), claim("B")], challenges={("A", "C0"): [challenge]}))
    found = {item.unit: item for item in screening.items()}
    assert found["A"].codes == ("PEER_CHALLENGE",)
    assert found["A"].findings[0].severity is Severity.QUESTION
    assert "88/CV-UBND" in found["A"].explained("vi")
    assert found["B"].codes == ()
