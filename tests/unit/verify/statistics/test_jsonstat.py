"""JSON-stat and PX-Web's own JSON, with every oddity that real files were seen to have."""

import json
from typing import Any

import pytest

from shared.contracts.refusals import BadInput
from tests.unit.verify.statistics.tidying import tidied

UNIT = {"label": "Unit", "category": {"index": ["a", "b"], "label": {"a": "Hà Nội", "b": "Đà Nẵng"}}}
YEAR = {"label": "Year", "category": {"index": {"y2": 1, "y1": 0}, "label": {"y1": "2023", "y2": "Prel. 2024"}}}
CELLS = [("Hà Nội", "2023"), ("Hà Nội", "Prel. 2024"), ("Đà Nẵng", "2023"), ("Đà Nẵng", "Prel. 2024")]


def dataset(**changes: Any) -> dict[str, Any]:
    made = {
        "version": "2.0",
        "class": "dataset",
        "id": ["u", "y"],
        "size": [2, 2],
        "dimension": {"u": UNIT, "y": YEAR},
        "value": [1, 2.50, None, 4],
    }
    return {key: value for key, value in {**made, **changes}.items() if value is not ...}


def read(document: Any) -> Any:
    return tidied(json.dumps(document, ensure_ascii=False))


def test_one_row_per_cell_in_the_files_order_with_missing_cells_kept() -> None:
    got = read(dataset())
    assert got.dimensions == ("Unit", "Year")
    assert [row[:2] for row in got.rows] == CELLS
    assert got.values == ["1", "2.5", "", "4"]
    assert got.statuses == [""] * 4


def test_figures_keep_every_digit() -> None:
    text = json.dumps(dataset()).replace("2.5", "266.335702821147000")
    assert tidied(text).values[1] == "266.335702821147000"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"0": 1, "3": 4}, ["1", "", "", "4"]),
        ({}, ["", "", "", ""]),
        (["1", "..", " 3 ", "na"], ["1", "", "3", ""]),
    ],
)
def test_values_as_an_object_or_as_text(value: Any, expected: list[str]) -> None:
    assert read(dataset(value=value)).values == expected


def test_a_mark_instead_of_a_figure_is_its_status() -> None:
    assert read(dataset(value=["1", "..", "3", "na"])).statuses == ["", "..", "", "na"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("p", ["p"] * 4),
        (["p"], ["p"] * 4),
        (["", None, "m", "e"], ["", "", "m", "e"]),
        ({"2": "m"}, ["", "", "m", ""]),
        ({"value": [":", None, None, "p"], "category": {"label": {":": "not available"}}}, [":", "", "", "p"]),
        ({}, [""] * 4),
    ],
)
def test_status_of_all_of_each_or_of_some(status: Any, expected: list[str]) -> None:
    assert read(dataset(status=status)).statuses == expected


def test_version_1_has_id_and_size_inside_the_dimensions_and_sizes_may_be_text() -> None:
    inside = {"id": ["u", "y"], "size": ["2", "2"], "u": UNIT, "y": YEAR}
    got = read({"dataset": {"dimension": inside, "value": [1, 2, 3, 4]}})
    assert (got.dimensions, got.values) == (("Unit", "Year"), ["1", "2", "3", "4"])


def test_a_category_without_index_is_a_single_one_and_without_label_shows_its_code() -> None:
    single = {"label": "Sex", "category": {"label": {"t": "Total"}}}
    plain = {"category": {"index": ["x", "y"]}}
    got = read(dataset(id=["s", "p", "z"], size=[1, 2, 1], dimension={"s": single, "p": plain, "z": {}}, value=[1, 2]))
    assert got.dimensions == ("Sex", "p", "z")
    assert [row[:3] for row in got.rows] == [("Total", "x", "z"), ("Total", "y", "z")]


def test_dimensions_with_one_label_take_their_codes() -> None:
    got = read(dataset(dimension={"u": {**UNIT, "label": "Year"}, "y": YEAR}))
    assert got.dimensions == ("u", "y")


def test_a_dimension_called_value_does_not_hide_the_value() -> None:
    got = read(dataset(dimension={"u": {**UNIT, "label": "Value"}, "y": {**YEAR, "label": "status"}}))
    assert got.dimensions == ("u", "y")


def test_px_web_indents_the_labels_of_numbered_categories_and_ends_with_nul() -> None:
    labels = {"0": " WHOLE COUNTRY", "1": "Thai  Nguyen"}
    unit = {"label": "Cities, provincies", "category": {"index": {"0": 0, "1": 1}, "label": labels}}
    inside = {"u": unit, "id": ["u"], "size": [2], "role": {}}
    text = json.dumps({"dataset": {"dimension": inside, "value": [330957.6, None]}})
    got = tidied(text.encode() + b"\x00")
    assert got.rows == [("WHOLE COUNTRY", "330957.6", ""), ("Thai Nguyen", "", "")]


def test_labels_of_other_publishers_are_kept_to_the_letter() -> None:
    label = "Euro area - 19 countries  (2015-2022)"
    geo = {"label": "geo", "category": {"index": {"EA19": 0}, "label": {"EA19": label}}}
    assert read(dataset(id=["g"], size=[1], dimension={"g": geo}, value=[1])).rows[0][0] == label


def test_a_measure_of_text_is_no_fault_but_text_among_figures_is() -> None:
    words = read(dataset(value=["low", "high", None, "low"]))
    assert (words.values, words.bad) == (["low", "high", "", "low"], [])
    mixed = read(dataset(value=[1, "high", True, 4]))
    assert mixed.values == ["1", "", "", "4"]
    assert mixed.statuses == ["", "error", "error", ""]
    assert mixed.bad == [
        "file:value[1]: Expected a number, found “high”; the cell is marked “error”.",
        "file:value[2]: Expected a number, found “bool”; the cell is marked “error”.",
    ]


def test_nan_and_infinity_are_no_figures() -> None:
    text = json.dumps(dataset(value=[1, float("nan"), float("inf"), 4]))
    got = tidied(text)
    assert got.values == ["1", "", "", "4"]
    assert got.statuses == ["", "NaN", "error", ""]


def test_bundles_and_collections_give_the_columns_of_all_their_datasets() -> None:
    other = dataset(
        id=["s"], size=[1], dimension={"s": {"label": "Sex", "category": {"label": {"t": "Total"}}}}, value=[9]
    )
    for document in (
        {"first": dataset(), "second": other},
        {
            "version": "2.0",
            "class": "collection",
            "link": {"item": [dataset(label="first"), {"class": "dataset", "href": "x"}, {**other, "label": "second"}]},
        },
    ):
        got = read(document)
        assert got.dimensions == ("dataset", "Unit", "Year", "Sex")
        assert got.rows[0] == ("first", "Hà Nội", "2023", "", "1", "")
        assert got.rows[-1] == ("second", "", "", "Total", "9", "")
    assert got.remarks == ["file: 1 datasets of this collection are named by address only; they hold no figures here."]


def test_a_byte_order_mark_and_other_encodings_are_read() -> None:
    text = json.dumps(dataset(), ensure_ascii=False)
    assert tidied(text.encode("utf-8-sig")).rows[0][0] == "Hà Nội"
    assert tidied(json.dumps(dataset())).rows[0][0] == "Hà Nội"


def test_letters_that_cannot_be_read_are_remarked_and_can_be_written() -> None:
    raw = json.dumps(dataset(), ensure_ascii=False).encode().replace("ộ".encode(), "ộ".encode()[:2])
    got = tidied(raw)
    assert got.rows[0][0].startswith("Hà N\ufffd")
    assert got.remarks == ["file:1: Some letters cannot be read; they stand as “\ufffd”."]
    half = tidied(json.dumps(dataset()).replace("Prel.", "\\ud800"))
    assert half.rows[1][1] == "\ufffd 2024"


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"value": [1, 2]}, "value", "Expected 4 figures, found 2"),
        ({"value": {"9": 1}}, "value", "There is no cell “9”"),
        ({"value": {"²": 1}}, "value", "There is no cell “²”"),
        ({"value": ...}, "value", "missing or not as the format says"),
        ({"size": [2]}, "size", "missing or not as the format says"),
        ({"size": [2, "two"]}, "size[1]", "missing or not as the format says"),
        ({"size": [2, 3], "value": [1] * 6}, "dimension.y.category", "has 2 categories where its size says 3"),
        ({"id": ...}, "id", "missing or not as the format says"),
        ({"id": ["u"], "size": [100_000_000]}, "", "at most 20000000 are read"),
        ({"class": "dimension"}, "", "holds no figures"),
    ],
)
def test_what_is_no_dataset_is_refused_at_its_place(changes: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(dataset(**changes))
    (fault,) = refused.value.faults
    assert (fault.path or "") == place
    assert words in fault.in_language("en")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"dimension": {"a": 1,}', "This is not JSON."),
        ('{"class": "dataset"}{"more": 1}', "This is not JSON."),
        ('{"class": "dataset", "class": "collection"}', "The key “class” is given twice."),
        ("[" * 100_000, "nested too deeply"),
        ('{"answer": 42}', "neither JSON-stat nor SDMX-JSON"),
        ("[1, 2]", "neither JSON-stat nor SDMX-JSON"),
    ],
)
def test_other_json_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        tidied(text)
    assert words in refused.value.faults[0].in_language("en")


PXWEB = {
    "columns": [
        {"code": "Region", "text": "region", "type": "d"},
        {"code": "Tid", "text": "year", "type": "t"},
        {"code": "000001", "text": "Population", "type": "c"},
    ],
    "comments": [],
    "data": [{"key": ["00", "2023"], "values": ["105"]}, {"key": ["01", "2023"], "values": [".."]}],
}


def test_px_webs_own_json() -> None:
    got = read(PXWEB)
    assert got.dimensions == ("region", "year")
    assert got.rows == [("00", "2023", "105", ""), ("01", "2023", "", "..")]


def test_px_webs_own_json_with_several_contents_and_a_bad_cell() -> None:
    columns = [*PXWEB["columns"], {"code": "2", "text": "Area", "type": "c"}]
    got = read({**PXWEB, "columns": columns, "data": [{"key": ["00", "2023"], "values": ["105", "many"]}]})
    assert got.dimensions == ("region", "year", "ContentsCode")
    assert got.rows == [("00", "2023", "Population", "105", ""), ("00", "2023", "Area", "", "error")]
    assert got.bad[0].startswith("file:data[0].values[1]: Expected a number, found “many”")
