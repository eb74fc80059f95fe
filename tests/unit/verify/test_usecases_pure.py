"""The parts of verify's use cases and pages that need no server: names of screenings, files, kept sentences, forms."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verify.claims.model import Screening
from services.verify.reviews.model.views import Peer
from services.verify.reviews.pages.forms import read_decision
from services.verify.reviews.pages.strip import MARGIN, WIDTH, strip_of
from services.verify.sources.model import ObservedRow
from services.verify.sources.rules.release_files import ReleaseContext, read_release
from services.verify.web.forms import Posted, read_day
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence_from_json, sentence_to_json

CONTEXT = ReleaseContext("f.csv", "nso", "2025", "final")


def test_a_screening_is_named_by_what_it_rests_on() -> None:
    alone, cohort = Screening("c", "AA", 3), Screening("c", None, 3)
    assert (alone.key, cohort.key) == ("c/arrival/AA/3", "c/cohort/3")
    for screening in (alone, cohort):
        assert Screening.of(json.loads(json.dumps(screening.payload()))) == screening


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z][A-Z0-9]{0,5}", fullmatch=True),
            st.sampled_from(["GRDP", "FOREST"]),
            st.sampled_from(["2024", "2025", "2025-Q1"]),
            st.none() | st.floats(-1e9, 1e9, allow_nan=False),
        ),
        min_size=1,
        max_size=30,
        unique_by=lambda row: row[:3],
    )
)
def test_what_a_file_says_is_read_to_the_digit_and_the_line(
    rows: list[tuple[str, str, str, float | None]],
) -> None:
    lines = [
        f"{unit},{indicator},{period},{'' if value is None else repr(value)}" for unit, indicator, period, value in rows
    ]
    read = read_release(("\ufeffunit,indicator,period,value\n" + "\n".join(lines)).encode(), CONTEXT)
    assert [(row.row, row.unit, row.indicator, row.period, row.value) for row in read] == [
        (number, *row) for number, row in enumerate(rows, 2)
    ]
    assert {row.status for row in read} == {"final"}


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    faults: tuple[Fault, ...] = ()
    rows: list[ObservedRow] = []
    try:
        rows = read_release(raw, CONTEXT)
    except BadInput as refusal:
        faults = refusal.faults
    assert bool(rows) != bool(faults)
    assert all(fault.file == "f.csv" for fault in faults)


def test_objections_stand_beside_the_other_faults() -> None:
    raw = b"unit,indicator,value\nAA,I,1\nBB,I,x\n"
    with pytest.raises(BadInput) as refused:
        read_release(raw, CONTEXT, lambda row: [("unit", Sentence("No."))] if row.unit == "AA" else [])
    assert [(fault.line, fault.column) for fault in refused.value.faults] == [(2, "unit"), (3, "value")]


def test_kept_sentences_say_the_same() -> None:
    said = Sentence("%(a)s of %(b)s", {"a": 1.5, "b": Sentence("%(c)s %%", {"c": 3})})
    kept = json.loads(json.dumps(sentence_to_json(said)))
    for language in ("vi", "en"):
        assert sentence_from_json(kept).in_language(language) == said.in_language(language)


@pytest.mark.parametrize(
    ("text", "number"),
    [("70", 70.0), ("70,5", 70.5), ("70.5", 70.5), (" -1 ", -1.0), ("−2,25", -2.25), ("", None), ("1.234,5", 1234.5),
     ("1.234", None), ("1e9", None), ("NaN", None), ("٣", None), ("7" * 30, None)],
)  # fmt: skip
def test_numbers_as_people_type_them(text: str, number: float | None) -> None:
    posted = Posted({"figure": text})
    assert posted.figure("figure") == number
    assert ("figure" in posted.errors) == (number is None)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-02-01", date(2026, 2, 1)), ("1/2/2026", date(2026, 2, 1)), ("2026-02-30", None), ("31/02/2026", None),
     ("hôm qua", None), ("20260201", None)],
)  # fmt: skip
def test_days_as_people_type_them(text: str, day: date | None) -> None:
    assert read_day(Posted({"day": text}), "day") == day


def test_a_decision_form_names_every_fault_at_once() -> None:
    posted, proposal, version = read_decision({"verdict": "adjust", "version": "7"}, scored=True)
    assert (proposal, version) == (None, 7)
    assert set(posted.errors) == {"figure", "reason"}
    _, points, _ = read_decision({"verdict": "adjust", "figure": "3,5", "reason": "x"}, scored=False)
    assert points is not None
    assert (points.value, points.points) == (None, 3.5)
    _, accepted, _ = read_decision({"verdict": "accept", "figure": "9", "reason": "x", "version": "-1"}, scored=True)
    assert accepted is not None
    assert accepted.value is None, "a figure left behind from another choice is nobody's decision"


def test_the_strip_stays_on_the_paper_and_shows_the_unit_looked_at() -> None:
    peers = [
        Peer(f"U{n}", None, 50.0, None, gap, True, {"en": "x"})
        for n, gap in enumerate([-5.0, 0.0, 0.0, 0.0, 12.5, None])
    ]
    strip = strip_of(peers, "U4")
    assert strip is not None
    assert (strip.kind, strip.low, strip.high, len(strip.dots)) == ("gap", -5.0, 12.5, 5)
    assert all(MARGIN <= dot.x <= WIDTH - MARGIN for dot in strip.dots)
    assert [dot.value for dot in strip.dots if dot.own] == [12.5]
    assert len({(dot.x, dot.y) for dot in strip.dots}) == 5, "equal ones are stacked"
    of_points = strip_of(peers, "U5")
    assert of_points is not None
    assert of_points.kind == "points", "a unit without a difference is compared by its self-score"
    assert strip_of(peers[:1], "U0") is None
    many = [replace(peers[0], unit=f"V{n}") for n in range(1000)]
    crowd = strip_of([*many, peers[4]], "U4")
    assert crowd is not None
    assert (len(crowd.dots), crowd.left_out) == (400, 601)
