"""CSV tables: what is read, what is refused, and where the fault is."""

import io
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.refusals import BadInput
from shared.criteria.loader import load_document
from shared.criteria.periods import is_period, period_order
from shared.criteria.tables import read_claims, read_history, read_observations, read_points, read_values
from tests.unit.criteria.examples import table

FRAMEWORK = load_document(table(2, gates=[{"code": "X1", "effect": "hold"}]))
NAN = float("nan")


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read_values(FRAMEWORK, text.encode() if isinstance(text, str) else text, "v.csv")
    return [fault.in_language("en") for fault in caught.value.faults]


def test_values_in_any_order_of_rows_and_columns() -> None:
    text = "\ufefftarget,criterion,value,cluster,unit\n,C2,7,K2,B\n95,C1, 1.5e1 ,K1,Bắc Ninh\n\n,X1,1,K1,Bắc Ninh\n"
    read = read_values(FRAMEWORK, text.encode())
    assert (read.units, read.clusters) == (("B", "Bắc Ninh"), ("K2", "K1"))
    assert np.array_equal(read.values, [[NAN, 7, NAN], [15, NAN, 1]], equal_nan=True)
    assert np.array_equal(read.targets, [[NAN, NAN, NAN], [95, NAN, NAN]], equal_nan=True)
    assert read.lines.tolist() == [[0, 2, 0], [3, 0, 5]]


def test_a_file_is_read_as_its_bytes_are(tmp_path: Path) -> None:
    path = tmp_path / "values.csv"
    path.write_bytes(b"unit,criterion,value\r\nA,C1,\r\nB,C1,2\r\n")
    read = read_values(FRAMEWORK, path)
    assert read.units == ("A", "B")
    assert read.clusters == ("all", "all")
    assert np.isnan(read.values[0]).all()
    with pytest.raises(BadInput):
        read_values(FRAMEWORK, tmp_path / "other.csv")
    with pytest.raises(BadInput):
        read_values(FRAMEWORK, tmp_path)


def test_units_are_the_same_however_their_accents_are_written() -> None:
    text = "unit,criterion,value\nĐà Nẵng,C1,1\nĐà Nẵng ,C2,2\n"
    assert read_values(FRAMEWORK, text.encode()).units == ("Đà Nẵng",)


@pytest.mark.parametrize("word", ["nan", "NaN", "inf", "-Infinity"])
def test_words_that_are_no_number(word: str) -> None:
    said = f"v.csv:2:value: Expected a finite number, not “{word}”."
    assert faults(f"unit,criterion,value\nA,C1,{word}\nA,C2,3\n") == [said]


@pytest.mark.parametrize("text", ["abc", "1_000", "1 000", "٣", "0x10", "1e", "--1", "5%", "1.2.3", "−5"])
def test_text_in_a_number(text: str) -> None:
    assert faults(f"unit,criterion,value\nA,C1,{text}\n") == [
        f"v.csv:2:value: Expected a number like 12.5, found “{text}”."
    ]


def test_a_decimal_comma_is_text() -> None:
    assert faults('unit,criterion,value\nA,C1,"1,5"\n') == ["v.csv:2:value: Expected a number like 12.5, found “1,5”."]
    assert faults("unit,criterion,value\nA,C1,1,5\n") == ["v.csv:2: Expected 3 cells, found 4."]


def test_all_faults_of_a_file_together() -> None:
    text = (
        "unit,cluster,criterion,value\nA,K,C1,1e999\nA,K,C2,x\nA,L,X1,5\n,K,C1,5\nB,K,C9,3\nA,K,C1,4\nB,K,C1\nC,,C1,1\n"
    )
    assert faults(text) == [
        "v.csv:2:value: The number “1e999” is too large.",
        "v.csv:3:value: Expected a number like 12.5, found “x”.",
        "v.csv:4:cluster: “A” is in cluster “L” here and in “K” on line 2.",
        "v.csv:5:unit: Expected a code, found nothing.",
        "v.csv:6:criterion: “C9” is no criterion of the framework.",
        "v.csv:7:criterion: This row is given twice; before it on line 2.",
        "v.csv:8: Expected 4 cells, found 3.",
        "v.csv:9:cluster: Expected a code, found nothing.",
    ]


def test_headers() -> None:
    assert faults("") == [
        "v.csv:1: The file is empty; expected the header: unit, [cluster], criterion, value, [target]."
    ]
    assert faults("unit,criterion,wert,unit\n") == [
        "v.csv:1:wert: Unknown column “wert”; expected: unit, [cluster], criterion, value, [target].",
        "v.csv:1:unit: The column “unit” is given twice.",
        "v.csv:1:value: The column “value” is missing; expected: unit, [cluster], criterion, value, [target].",
    ]
    assert faults("unit,criterion,value\n") == ["v.csv:2: Expected at least one row below the header."]
    assert faults("unit;criterion;value\nA;C1;3\n")[0].startswith("v.csv:1:unit;criterion;value: Unknown column")


def test_broken_files() -> None:
    assert faults(b"unit,criterion,value\nA\xe9,C1,3\n") == ["v.csv:2:2: The text is not UTF-8."]
    assert faults("unit,criterion,value\nA,C1,3\n".encode("utf-16")) == [
        "v.csv:1:1: The file is UTF-16; expected UTF-8."
    ]
    assert faults("unit,criterion,value\nA,C1,3\x00\n") == [
        "v.csv:2: A control character (code 0) does not belong here."
    ]
    assert faults('unit,criterion,value\nA,C1,3\nB,"C1,4\n')[-1] == "v.csv:3: A quoted cell is not closed."
    assert faults('unit,criterion,value\nA,"C1"x,3\n')[-1] == "v.csv:2: The quotes on this line are broken."
    assert faults('"unit') == ["v.csv:1: A quoted cell is not closed."]
    assert faults('unit,criterion,value\nA,C1,x\n"B\n\n') == [
        "v.csv:2:value: Expected a number like 12.5, found “x”.",
        "v.csv:3: A quoted cell is not closed.",
    ]
    assert faults('unit,criterion,value\n"A\nB",C1,3\nC,C1,x\n') == [
        "v.csv:2:unit: Expected a code of at most 200 characters on one line.",
        "v.csv:4:value: Expected a number like 12.5, found “x”.",
    ]


def test_many_faults_are_counted_and_not_hidden() -> None:
    found = faults("unit,criterion,value\n" + "".join(f"U{number},C1,x\n" for number in range(1500)))
    assert len(found) == 1001
    assert found[-1] == "v.csv: 500 more faults are not listed."


def test_lines_are_right_far_into_a_large_file() -> None:
    rows = [f"U{number},C1,{number}\n" for number in range(20_000)]
    rows[15_000] = "\n"
    rows[19_990] = "U,C1,?\n"
    assert faults("unit,criterion,value\n" + "".join(rows)) == [
        "v.csv:19992:value: Expected a number like 12.5, found “?”."
    ]


def test_a_value_without_a_rule_is_refused() -> None:
    framework = load_document({"framework": "f", "criteria": [{"code": "C", "max_points": 5}]})
    with pytest.raises(BadInput):
        read_values(framework, b"unit,criterion,value\nA,C,1\n")
    assert read_points(framework, b"unit,criterion,points\nA,C,1\n").points.tolist() == [[1]]


def test_points_with_and_without_status() -> None:
    read = read_points(
        FRAMEWORK, b"unit,cluster,criterion,points,status\nB,K,C1,3,verified\nA,K,C2,,documented\nA,K,C1,12,\n"
    )
    assert read.verified is not None
    assert read.verified.tolist() == [[False, False, False], [True, False, False]]
    assert read_points(FRAMEWORK, b"unit,criterion,points\nB,C1,-3\n").verified is None
    with pytest.raises(BadInput):
        read_points(FRAMEWORK, b"unit,criterion,points\nB,C1,1e10\n")


def test_claims_come_by_unit_and_item() -> None:
    text = b"unit,cluster,criterion,value,self_points,target\nB,K,C1,,9,\nA,K,C2,5,,7\nA,K,C1,999,-1,\n"
    read = read_claims(FRAMEWORK, text)
    assert [read.units[number] for number in read.unit] == ["A", "A", "B"]
    assert read.item.tolist() == [0, 1, 0]
    assert np.array_equal(read.value, [999, 5, NAN], equal_nan=True)
    assert np.array_equal(read.target, [NAN, 7, NAN], equal_nan=True)
    assert np.isnan(read.revised_target).all()
    assert read.line.tolist() == [4, 3, 2]


def test_history_repeats_items_over_periods() -> None:
    header = "unit,cluster,criterion,value,self_points,period,verified_points\n"
    read = read_history(FRAMEWORK, (header + "A,K,C1,2,9,2025,8\nA,L,C1,1,9,2024,7\n").encode())
    assert [read.periods[number] for number in read.period] == ["2024", "2025"]
    assert read.verified_points.tolist() == [7, 8]
    with pytest.raises(BadInput):
        read_history(FRAMEWORK, (header + "A,K,C1,2,9,2025,8\nA,K,C1,1,9,2025,7\n").encode())
    assert len(read_history(FRAMEWORK, header.encode()).period) == 0


def test_observations() -> None:
    header = "source,unit,indicator,period,value,status\n"
    read = read_observations((header + "nso,B,GRDP,2025-Q1,5,final\nnso,A,GRDP,2025,,\n").encode())
    assert (read.sources, read.units, read.periods, read.statuses) == (
        ("nso",),
        ("A", "B"),
        ("2025", "2025-Q1"),
        ("final",),
    )
    assert read.status.tolist() == [-1, 0]
    assert np.array_equal(read.value, [NAN, 5], equal_nan=True)
    assert len(read_observations(header.encode()).value) == 0
    with pytest.raises(BadInput) as caught:
        read_observations((header + "nso,A,G,2025,5,\nnso,A,G,2025,6,\nnso,A,G,2025-13,6,\n").encode(), "o.csv")
    assert [fault.in_language("en") for fault in caught.value.faults] == [
        "o.csv:3:value: This row is given twice; before it on line 2.",
        "o.csv:4:period: Expected a period like 2025, 2025-H1, 2025-Q1 or 2025-03, found “2025-13”.",
    ]


def test_periods_sort_by_their_end() -> None:
    periods = ["2025", "2024-12", "2025-H1", "2025-Q1", "2025-03", "2025-Q4", "2024", "2025-07"]
    assert sorted(periods, key=period_order) == [
        "2024-12", "2024", "2025-03", "2025-Q1", "2025-H1", "2025-07", "2025-Q4", "2025",
    ]  # fmt: skip
    assert not any(is_period(text) for text in ("", "25", "2025-Q5", "2025-H3", "2025-00", "2025-3", "2025\n"))


CELLS = st.text(st.sampled_from('AB1.5,"\n\r é\x00-'), max_size=6) | st.sampled_from(["A", "C1", "1", "", "nan"])


@given(rows=st.lists(st.lists(CELLS, max_size=5).map(",".join), max_size=6), broken=st.binary(max_size=4))
def test_any_bytes_are_read_or_refused(rows: list[str], broken: bytes) -> None:
    raw = "\n".join(["unit,criterion,value", *rows]).encode() + broken
    try:
        read = read_values(FRAMEWORK, raw)
    except BadInput as refusal:
        refused = refusal.faults
        assert refused
    else:
        assert np.isfinite(read.values[read.lines > 0]).any() or np.isnan(read.values).all()


@given(seed=st.integers(0, 2**32))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    rows = [f"U{unit},K{unit % 2},C{item},{unit * item}\n" for unit in range(5) for item in (1, 2)]
    header = "unit,cluster,criterion,value\n"
    shuffled = random.Random(seed).sample(rows, len(rows))
    first = read_values(FRAMEWORK, (header + "".join(rows)).encode())
    second = read_values(FRAMEWORK, (header + "".join(shuffled)).encode())
    assert (first.units, first.clusters) == (second.units, second.clusters)
    assert np.array_equal(first.values, second.values, equal_nan=True)


def test_reading_agrees_with_the_plain_way() -> None:
    source = random.Random(7)
    rows = [
        (f"U{unit:03}", f"C{item}", source.choice(["", repr(source.uniform(-1e5, 1e5))]))
        for unit in range(300)
        for item in (1, 2)
    ]
    text = "unit,criterion,value\n" + "".join(",".join(row) + "\n" for row in rows)
    read = read_values(FRAMEWORK, text.encode())
    for unit, criterion, value in rows:
        found = read.values[read.units.index(unit), FRAMEWORK.columns[criterion]]
        assert (value == "" and np.isnan(found)) or found == float(value)
    assert io.StringIO(text).readline() == "unit,criterion,value\n"
