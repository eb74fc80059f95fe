"""Names of units, written periods, and mappings: what a cell of somebody's file means."""

import csv
import re

import pytest

from services.verify.sources.rules.mapping import SourceMapping, apply_mapping, mapping_faults
from services.verify.sources.rules.place_names import UnitNames, folded
from services.verify.sources.rules.written_periods import Period, period_of
from tests.needs import data_folder

UNITS = {"01": ["Thành phố Hà Nội", "Ha Noi"], "42": ["Tỉnh Hà Tĩnh"], "77": ["Bà Rịa – Vũng Tàu"], "66": ["Đắk Lắk"]}


@pytest.mark.parametrize(
    ("spelling", "unit"),
    [
        ("01", "01"),
        (" 01 ", "01"),
        ("Hà Nội", "01"),
        ("HÀ NỘI", "01"),
        ("Ha  Noi", "01"),
        ("TP. Hà Nội", "01"),
        ("TP Hà Nội", "01"),
        ("Ha Noi City", "01"),
        ("Hà Tĩnh", "42"),
        ("tinh ha tinh", "42"),
        ("Ha\u0300 Ti\u0303nh", "42"),
        ("Ba Ria-Vung Tau", "77"),
        ("Bà Rịa Vũng Tàu", "77"),
        ("DAK LAK", "66"),
        ("Đăk Lăk", "66"),
        ("Dac Lac", None),
        ("Ha Ti", None),
        ("1", None),
        ("", None),
        ("Red River Delta", None),
        ("TP", None),
    ],
)
def test_a_unit_is_known_by_code_or_by_name_and_never_guessed(spelling: str, unit: str | None) -> None:
    assert UnitNames(UNITS, {}).unit_of(spelling) == unit


def test_two_units_of_one_name_are_told_apart_by_nobody_but_a_person() -> None:
    units = {"a": ["Tân Phú"], "b": ["Tan Phu"]}
    assert UnitNames(units, {}).unit_of("Tân Phú") is None
    assert UnitNames(units, {folded("Tân Phú"): "b"}).unit_of("Tân Phú") == "b"


def test_answers_are_remembered_whatever_the_accents() -> None:
    names = UnitNames(UNITS, {"daclac": "66", "wholecountry": None})
    assert names.unit_of("Đắc Lắc") == "66"
    assert names.is_none_of_ours(" WHOLE COUNTRY")
    assert not names.is_none_of_ours("Hà Nội")


def test_spellings_of_the_provinces_as_offices_write_them() -> None:
    folder = data_folder("vietnam")
    with (folder / "provinces_63_v2.4.1.csv").open(encoding="utf-8-sig", newline="") as file:
        known = {row["Code"]: row for row in csv.DictReader(file)}
    with (folder / "vietnamcode_crosswalk.csv").open(encoding="utf-8-sig", newline="") as file:
        crosswalk = [row for row in csv.DictReader(file) if row["province_name"] != "NA"]
    names = UnitNames({code: [row["Name"], row["FullName"]] for code, row in known.items()}, {})
    columns = ("province_name", "province_name_full", "province_name_diacritics")
    spellings = {(row[column], row["enterprise_census_c"]) for row in crosswalk for column in columns}
    found = {spelling: names.unit_of(spelling) for spelling, _ in spellings}
    wrong = {spelling for spelling, code in spellings if found[spelling] not in (None, code)}
    assert not wrong
    unknown = {spelling for spelling, _ in spellings if found[spelling] is None}
    # Short forms, a province that is no more, another that has a new name: a person says who is meant.
    assert {folded(spelling) for spelling in unknown} == {"brvt", "hcm", "hatay", "thuathienhue"}


@pytest.mark.parametrize(
    ("text", "code", "preliminary"),
    [
        ("2016", "2016", False),
        ("Prel. 2016", "2016", True),
        ("Pre. 2016", "2016", True),
        ("Sơ bộ 2024", "2024", True),
        ("2008(*)", "2008", False),
        ("2010 (**)", "2010", False),
        ("2016Q1", "2016-Q1", False),
        ("2016-Q4", "2016-Q4", False),
        ("2016K2", "2016-Q2", False),
        ("2016T3", "2016-Q3", False),
        ("Q3 2016", "2016-Q3", False),
        ("Quý I/2024", "2024-Q1", False),
        ("quý IV năm 2024", "2024-Q4", False),
        ("2024M03", "2024-03", False),
        ("2024-03", "2024-03", False),
        ("3/2024", "2024-03", False),
        ("Tháng 3 năm 2024", "2024-03", False),
        ("2024-S1", "2024-H1", False),
        ("2024-H2", "2024-H2", False),
        ("6 tháng đầu năm 2024", "2024-H1", False),
    ],
)
def test_periods_as_offices_write_them(text: str, code: str, preliminary: bool) -> None:
    assert period_of(text) == Period(code, preliminary)


@pytest.mark.parametrize("text", ["", "Total", "16", "2024M13", "2024Q5", "2019-2020", "20240", "1/1/2024", "2024-00"])
def test_what_is_no_period_for_certain_is_none(text: str) -> None:
    assert period_of(text) is None


TABLE = [
    ("Hà Nội", "Prel. 2024", "Area", "Total", "1.5", ""),
    ("Hà Nội", "Prel. 2024", "People", "Total", "8", "p"),
    ("Hà Nội", "Prel. 2024", "Area", "Urban", "1", ""),
    ("Dac Lac", "2023", "Area", "Total", "", ".."),
    ("WHOLE COUNTRY", "2023", "Area", "Total", "9", ""),
]
DIMENSIONS = ("Province", "Year", "Item", "Residence")
MAPPING = SourceMapping(
    unit="Province",
    indicator_from="Item",
    indicators={"Area": "AREA"},
    period_from="Year",
    only={"Residence": ["Total"]},
)
NAMES = UnitNames(UNITS, {"wholecountry": None})


def test_a_mapping_gives_cells_their_meaning() -> None:
    found = apply_mapping(MAPPING, DIMENSIONS, TABLE, NAMES, "2025")
    assert not found.faults
    assert [(row.row, row.unit, row.indicator, row.period, row.value, row.preliminary) for row in found.rows] == [
        (1, "01", "AREA", "2024", 1.5, True),
        (4, None, "AREA", "2023", None, False),
    ]
    assert found.rows[1].spelling == "Dac Lac"
    assert (found.left_out, found.not_ours) == (2, 1)


def test_one_indicator_and_the_period_of_the_upload() -> None:
    mapping = SourceMapping(unit="Province", indicator="AREA", only={"Year": ["2023"], "Item": ["Area"]})
    found = apply_mapping(mapping, DIMENSIONS, TABLE, UnitNames(UNITS, {}), "2025")
    assert [(row.indicator, row.period) for row in found.rows] == [("AREA", "2025")] * 2


def said(mapping: SourceMapping, table: list[tuple[str, ...]] = TABLE) -> list[tuple[int | None, str]]:
    faults = apply_mapping(mapping, DIMENSIONS, table, NAMES, "2025").faults
    return [(row, sentence.in_language("en")) for row, _, sentence in faults]


def test_what_a_mapping_does_not_settle_is_said() -> None:
    (fault,) = said(SourceMapping(unit="Province", indicator="X", period_from="Year", only={"Item": ["Area"]}))
    assert fault[0] is None
    assert "“Residence” has several categories (Total, Urban)" in fault[1]
    (fault,) = said(SourceMapping(unit="Tỉnh", indicator="X"))
    assert "The file has no column “Tỉnh”; it has: Province, Year, Item, Residence." in fault[1]
    (fault,) = said(MAPPING, [*TABLE, ("Hà Nội", "2019-2020", "Area", "Total", "1", "")])
    assert fault == (6, "“2019-2020” is no period that can be read, like 2025, Prel. 2025, 2025Q1 or 2025-03.")
    (fault,) = said(MAPPING, [*TABLE, ("TP. Hà Nội", "2024", "Area", "Total", "1", "")])
    assert fault == (6, "This row is given twice; before it on line 1.")
    (fault,) = said(MAPPING, [*TABLE, ("Hà Nội", "2022", "Area", "Total", "", "error")])
    assert re.match("This cell cannot be read", fault[1])
    assert not said(MAPPING, [*TABLE, ("Hà Nội", "2022", "People", "Total", "", "error")])


def test_a_mapping_is_checked_in_itself() -> None:
    assert not list(mapping_faults(MAPPING))
    assert [name for name, _ in mapping_faults(SourceMapping(unit=""))] == ["unit", "indicator_from"]
    both = SourceMapping(unit="A", indicator="X", indicator_from="B", indicators={"b": "X"})
    assert [name for name, _ in mapping_faults(both)] == ["indicator_from"]
    assert [name for name, _ in mapping_faults(SourceMapping(unit="A", indicator_from="A"))] == ["indicators", "only"]
