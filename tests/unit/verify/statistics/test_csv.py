"""CSV files as people and offices make them: pages of PX-Web, long tables, decimals of two kinds, broken letters."""

import gzip
import unicodedata

import pytest

from shared.contracts.refusals import BadInput
from tests.unit.verify.statistics.tidying import tidied

PAGE = (
    '\ufeff"Area of forest by province by Cities, provincies, Year and Iterms"\r\n\r\n'
    '"Cities, provincies";"2008(*) Area of forest";"2008(*) Coverage  (%)";"2010 (**) Area of forest";'
    '"2010 (**) Coverage  (%)";"Prel. 2016 Area of forest";"Prel. 2016 Coverage  (%)"\r\n'
    '" WHOLE COUNTRY";13118.8;38.7;13388.1;39.5;..;-\r\n'
    '"Ha Noi";1.5;2;..;na;5;6\r\n'
    "\r\n"
    '"(*) Preliminary; see the note."\r\n'
    '"Source: General Statistics Office";;;;;;\r\n'
)


def test_a_page_of_px_web_is_taken_apart_into_its_dimensions() -> None:
    got = tidied(PAGE)
    assert got.dimensions == ("Cities, provincies", "Year", "Iterms")
    assert len(got.rows) == 12
    assert got.rows[0] == ("WHOLE COUNTRY", "2008(*)", "Area of forest", "13118.8", "")
    assert got.rows[5] == ("WHOLE COUNTRY", "Prel. 2016", "Coverage (%)", "", "-")
    assert got.rows[9] == ("Ha Noi", "2010 (**)", "Coverage (%)", "", "na")
    assert got.remarks == ["file:7: 2 lines of notes below the table are left out."]
    assert got.bad == []


@pytest.mark.parametrize(
    ("title", "header", "dimensions", "first"),
    [
        (
            "Rate by province by Cities, provinces and Year",
            ["2015", "Pre. 2016"],
            ("Cities, provinces", "Year"),
            ("2015",),
        ),
        ("Tỷ lệ chia theo Cities, provinces và Năm", ["2015", "Sơ bộ 2016"], ("Cities, provinces", "Năm"), ("2015",)),
        ("Rate", ["2015", "Prel. 2016"], ("Cities, provinces", "Year"), ("2015",)),
        ("Rate", ["Quý I/2024", "Quý II/2024"], ("Cities, provinces", "Period"), ("Quý I/2024",)),
        ("Rate", ["2019M01", "2019M02"], ("Cities, provinces", "Period"), ("2019M01",)),
        ("Rate", ["Men 2015", "Men 2016"], ("Cities, provinces", "Item", "Year"), ("Men", "2015")),
        ("Rate", ["2015 Men", "2015 Women"], ("Cities, provinces", "Year", "Item"), ("2015", "Men")),
        ("Rate", ["Men", "Women"], ("Cities, provinces", "Item"), ("Men",)),
        ("Rate", ["Young men", "Young women"], ("Cities, provinces", "Item"), ("Young men",)),
    ],
)
def test_what_the_headings_stand_for(
    title: str, header: list[str], dimensions: tuple[str, ...], first: tuple[str]
) -> None:
    got = tidied(f'"{title}"\n\n"Cities, provinces";{";".join(header)}\n"Ha Noi";1;2\n"Hue";3;..\n')
    assert got.dimensions == dimensions
    assert got.rows[0] == ("Ha Noi", *first, "1", "")
    assert got.values == ["1", "2", "3", ""]


def test_three_dimensions_in_the_headings() -> None:
    headings = [
        f"{item} {year} {sex}" for item in ("Pupils at school", "Pupils") for year in (2015, 2016) for sex in "MF"
    ]
    got = tidied(f'"Pupils by Area, Level, Year and Sex"\n\nArea;{";".join(headings)}\nHue;{";".join("12345678")}\n')
    assert got.dimensions == ("Area", "Level", "Year", "Sex")
    assert got.rows[6] == ("Hue", "Pupils", "2016", "M", "7", "")


LONG = "unit,year,value,status\nHN,2023,1.5,\nHN,2024,,p\nDN,2023,..,\n"


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        LONG.replace(",", ";"),
        LONG.replace(",", "\t"),
        LONG.replace("value", "OBS_VALUE"),
        LONG.replace("value", "Giá trị"),
    ],
)
def test_a_long_table_is_itself(text: str) -> None:
    got = tidied(text)
    assert got.dimensions == ("unit", "year")
    assert got.rows == [("HN", "2023", "1.5", ""), ("HN", "2024", "", "p"), ("DN", "2023", "", "..")]


def test_the_last_column_of_figures_is_the_value_where_none_is_named_so() -> None:
    got = tidied("province,year,growth\nHN,2023,1.5\nDN,2024,2.5\n")
    assert got.dimensions == ("province", "year")
    assert got.rows[1] == ("DN", "2024", "2.5", "")


def test_the_united_kingdoms_layout() -> None:
    got = tidied("v4_1,Data Marking,Time,Geography\n5,,2020,UK\n,x,2021,UK\n")
    assert got.dimensions == ("Time", "Geography")
    assert got.rows == [("2020", "UK", "5", ""), ("2021", "UK", "", "x")]


def test_eurostats_bulk_layout_with_flags_behind_the_figures() -> None:
    got = tidied("freq,unit,geo\\TIME_PERIOD\t2023 \t2024 \nA,EUR,VN\t12.5 p\t: c\nA,EUR,LA\t: \t7 \n")
    assert got.rows[0][-3:] == ("2023", "12.5", "p")
    assert got.statuses == ["p", ": c", ":", ""]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.5", "2"], ["1.5", "2"]),
        (["1,5", "2"], ["1.5", "2"]),
        (["1.234,5", "12,75"], ["1234.5", "12.75"]),
        (["1,234.5", "1,234"], ["1234.5", "1234"]),
        (["1.234.567", "1,5"], ["1234567", "1.5"]),
        (["1 234,5", "1\u00a0234"], ["1234.5", "1234"]),
        (["12.5(*)", "7*"], ["12.5", "7"]),
        (["-0,5", "\u22123,5"], ["-0.5", "-3.5"]),
        ([".5", "5."], [".5", "5."]),
        (["1e3", "-1.5E-2"], ["1e3", "-1.5E-2"]),
    ],
)
def test_decimals_and_thousands_as_the_file_writes_them(cells: list[str], expected: list[str]) -> None:
    got = tidied("unit;year;value\n" + "".join(f"HN;{at};{cell}\n" for at, cell in enumerate(cells)))
    assert (got.values, got.bad) == (expected, [])


def test_what_may_be_a_thousand_or_a_decimal_is_not_guessed() -> None:
    got = tidied("unit;year;value\nHN;2023;1,234\nDN;2023;17\n")
    assert (got.values, got.statuses) == (["", "17"], ["error", ""])
    assert got.bad == [
        "file:2:value: “1,234” may be a thousand or a decimal, and nothing in the file tells; "
        "the cell is marked “error”."
    ]


@pytest.mark.parametrize(
    "cell", ["abc", "1.2.3", "12x", "1e999", "0x1F", "١٢", "1,2,3", "--5", "5 6", "NaN5", "inf", "TRUE"]
)
def test_a_bad_cell_is_located_and_the_rest_is_read(cell: str) -> None:
    got = tidied(f'unit,year,value\nHN,2023,1\n"D\nN",2023,"{cell}"\nQN,2024,3\n')
    assert got.values == ["1", "", "3"]
    assert got.statuses == ["", "error", ""]
    assert got.bad == [f"file:3:value: Expected a number, found “{cell}”; the cell is marked “error”."]


def test_a_bad_cell_of_a_page_names_its_column() -> None:
    got = tidied(PAGE.replace("38.7", "many"))
    assert got.bad == ["file:4:2008(*) Coverage  (%): Expected a number, found “many”; the cell is marked “error”."]
    assert got.statuses[1] == "error"


def test_a_row_with_missing_or_further_cells_is_marked() -> None:
    got = tidied("unit,year,value\nHN,2023\nDN,2024,2,,\nQN,2024,3,x\n")
    assert got.rows == [("HN", "2023", "", "error"), ("DN", "2024", "2", ""), ("QN", "2024", "", "error")]
    assert got.bad == ["file:2: Expected 3 cells, found 2.", "file:4: Expected 3 cells, found 4."]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("utf-16", []),
        ("utf-16-le", []),
        ("windows-1258", ["file: The text is not UTF-8; it is read as windows-1258."]),
    ],
)
def test_encodings(encoding: str, said: list[str]) -> None:
    text = "unit,value\nHa\u0300 Nô\u0323i,1\nĐa\u0300 Nă\u0303ng,2\n"
    got = tidied(text.encode(encoding))
    assert got.remarks == said
    assert [unicodedata.normalize("NFC", row[0]) for row in got.rows] == ["Hà Nội", "Đà Nẵng"]
    assert got.values == ["1", "2"]


def test_western_letters_without_unicode() -> None:
    got = tidied("unit,value\nMálaga,1\nAragón,2\n".encode("windows-1252"))
    assert [row[0] for row in got.rows] == ["Málaga", "Aragón"]
    assert got.remarks == ["file: The text is not UTF-8; it is read as windows-1252."]


def test_broken_letters_mark_their_row_and_no_other() -> None:
    raw = "unit,year,value\nHà Nội,2023,1\nĐà Nẵng,2023,2\n".encode().replace("ẵ".encode(), "ẵ".encode()[:2])
    got = tidied(raw)
    assert got.rows[0] == ("Hà Nội", "2023", "1", "")
    assert got.rows[1][1:] == ("2023", "2", "error")
    assert got.rows[1][0].startswith("Đà N\ufffd")
    assert got.bad == ["file:3:unit: The letters of this cell cannot be read; its row is marked “error”."]


def test_nul_bytes_after_the_text_are_padding_and_inside_a_cell_a_fault() -> None:
    assert tidied(LONG.encode() + b"\x00\x00").rows[-1][0] == "DN"
    got = tidied("unit,value\nHN,1\x002\n")
    assert got.statuses == ["error"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "file:1: The file is empty."),
        (" \r\n\r\n", "The file is empty."),
        ("just a line of text\n", "no line has more than one cell"),
        ("a,b\nx,y\nz,w\n", "No column of figures is found"),
        ('unit,value\n"HN,1\nDN,2\n', "file:2: A quoted cell is not closed."),
        ('unit,value\n"H"N,1\n', "file:2: The quotes on this line are broken."),
        ("unit,2016,2016\nHN,1,2\n", "file:1:3: The column “2016” is given twice."),
        ("<!DOCTYPE html><html></html>", "This is a web page"),
        ("%PDF-1.7", "This is a PDF"),
    ],
)
def test_what_is_no_table_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        tidied(text)
    assert words in refused.value.faults[0].in_language("en")


def test_packed_files_are_unpacked_and_bombs_are_not() -> None:
    assert tidied(gzip.compress(LONG.encode())).rows[-1][0] == "DN"
    with pytest.raises(BadInput) as refused:
        tidied(gzip.compress(LONG.encode())[:-12])
    assert "The packed file is broken." in refused.value.faults[0].in_language("en")


def test_broken_letters_in_the_header_are_remarked() -> None:
    got = tidied(PAGE.encode().replace(b"Cities", b"Cit\xffes"))
    assert got.remarks[0] == "file:3: Some letters cannot be read; they stand as “\ufffd”."
    assert len(got.rows) == 12


def test_a_format_asked_for_is_not_replaced_by_another() -> None:
    with pytest.raises(BadInput) as refused:
        tidied(LONG, "px")
    assert "not in the format “px”" in refused.value.faults[0].in_language("en")
