"""PC-Axis files: encodings, values over several lines, quoted marks, KEYS, languages, periods."""

import pytest

from shared.contracts.refusals import BadInput
from tests.unit.verify.statistics.tidying import tidied

HEAD = 'CHARSET="ANSI";\nAXIS-VERSION="2010";\nLANGUAGE="en";\nTITLE="Population; by region";\n'
VARIABLES = (
    'STUB="region";\nHEADING="sex","year";\n'
    'VALUES("region")="North","So"\n"uth";\n'
    'VALUES("sex")="men","women";\n'
    'VALUES("year")="2023","2024";\n'
    'CODES("region")="N","S";\n'
)


def px(data: str, head: str = HEAD, variables: str = VARIABLES) -> str:
    return f"{head}{variables}DATA=\n{data}"


def test_stub_then_heading_the_last_running_fastest() -> None:
    got = tidied(px("1 2 3 4 \n5.50 -6 7 8;"))
    assert got.dimensions == ("region", "sex", "year")
    assert got.rows[:3] == [("North", "men", "2023", "1", ""), ("North", "men", "2024", "2", ""),
                            ("North", "women", "2023", "3", "")]  # fmt: skip
    assert got.rows[4] == ("South", "men", "2023", "5.50", "")
    assert got.values[5] == "-6"


@pytest.mark.parametrize(
    "data", ['1 ".." 3 "." 5 "-" 7 "......";', "1 .. 3 . 5 - 7 ......\n;", '1,"..",3,".";\n5;"-";7;"......";']
)
def test_marks_quoted_or_not_and_every_delimiter(data: str) -> None:
    got = tidied(px(data))
    assert got.values == ["1", "", "3", "", "5", "", "7", ""]
    assert got.statuses == ["", "..", "", ".", "", "-", "", "......"]


def test_a_bad_cell_is_located_and_the_rest_is_read() -> None:
    got = tidied(px("1 2 3 4\n5 x6 7 8;"))
    assert got.values == ["1", "2", "3", "4", "5", "", "7", "8"]
    assert got.statuses[5] == "error"
    assert got.bad == ["file:14:3: Expected a number, found “x6”; the cell is marked “error”."]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('CHARSET="ANSI";\n', "windows-1252"),
        ('CHARSET="ANSI";\nCODEPAGE="iso-8859-15";\n', "iso-8859-15"),
        ('CODEPAGE="windows-1258";\n', "windows-1258"),
        ('CODEPAGE="1257";\n', "windows-1257"),
        ('CHARSET="ANSI";\nCODEPAGE="iso-8859-15";\n', "utf-8"),
        ('CODEPAGE="utf-8";\n', "utf-8-sig"),
        ('AXIS-VERSION="91";\n', "cp850"),
        ('AXIS-VERSION="91";\n', "windows-1252"),
    ],
)
def test_encodings(head: str, encoding: str) -> None:
    text = f'{head}STUB="län";\nVALUES("län")="Östergötland","Skåne";\nDATA=\n1 2;'
    try:
        raw = text.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("the encoding has no such letters")
    got = tidied(raw)
    assert got.dimensions == ("län",)
    assert [row[0] for row in got.rows] == ["Östergötland", "Skåne"]


def test_letters_lost_before_are_remarked_not_refused() -> None:
    got = tidied(px("1 2 3 4 5 6 7 8;").replace("North", "N\ufffdrth"))
    assert got.rows[0][0] == "N\ufffdrth"
    assert got.remarks == ["file:7: Some letters were lost before this file was saved; they stand as “\ufffd”."]


def test_the_files_main_language_counts() -> None:
    head = 'CHARSET="ANSI";\nLANGUAGE="sv";\nLANGUAGES="sv","en";\n'
    more = 'STUB[en]="region2";\nVALUES[en]("region2")="a","b";\nNOTE("region")="a; b = c";\n'
    got = tidied(px("1 2 3 4 5 6 7 8;", head, VARIABLES + more))
    assert got.dimensions == ("region", "sex", "year")
    assert got.rows[0][0] == "North"


def test_a_variables_name_may_hold_brackets_and_commas() -> None:
    variables = 'STUB="Cities, provincies (all)";\nVALUES("Cities, provincies (all)")="Ha Noi","Hue";\n'
    got = tidied(px("1 2;", variables=variables))
    assert got.dimensions == ("Cities, provincies (all)",)


@pytest.mark.parametrize(
    ("timeval", "expected"),
    [
        ('TLIST(A1),"2022","2023"', ["2022", "2023"]),
        ('TLIST(A1, "2022"-"2024")', ["2022", "2023", "2024"]),
        ('TLIST(Q1, "20231"-"20234")', None),
        ('TLIST(Q1, "2023Q3"-"2024Q1")', ["2023Q3", "2023Q4", "2024Q1"]),
        ('TLIST(M1, "2023M11"-"2024M01")', ["2023M11", "2023M12", "2024M01"]),
    ],
)
def test_periods_without_values_come_from_timeval(timeval: str, expected: list[str] | None) -> None:
    expected = expected or ["20231", "20232", "20233", "20234"]
    data = " ".join("1" * len(expected))
    got = tidied(f'{HEAD}STUB="time";\nTIMEVAL("time")={timeval};\nDATA=\n{data};')
    assert [row[0] for row in got.rows] == expected


def test_keys_leave_lines_of_zeros_out() -> None:
    keys = 'KEYS("region")=CODES;\n'
    got = tidied(px('"S", 5 6 ".." 8 \n;', variables=VARIABLES + keys))
    assert got.values == ["0", "0", "0", "0", "5", "6", "", "8"]
    assert got.statuses[6] == ".."
    assert got.remarks == ["file: 1 lines are not in the file: with KEYS that means zeros, and so they are read."]


def test_keys_by_values_and_over_two_variables() -> None:
    variables = (
        'STUB="region","sex";\nHEADING="year";\nVALUES("region")="North","South";\nVALUES("sex")="men","women";\n'
        'VALUES("year")="2023","2024";\nCODES("sex")="1","2";\nKEYS("region")=VALUES;\nKEYS("sex")=CODES;\n'
    )
    got = tidied(px('"North","2",1 2\n"South","1",3 4\n;', variables=variables))
    assert got.values == ["0", "0", "1", "2", "3", "4", "0", "0"]


def test_a_nul_or_dos_end_of_file_is_no_text() -> None:
    assert tidied(px("1 2 3 4 5 6 7 8;").encode() + b"\r\n\x1a\x00").values[-1] == "8"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (px("1 2 3;"), "file:12:DATA: Expected 8 figures, found 3."),
        (px("1;", variables='STUB="x";\n'), "The variable “x” has no VALUES."),
        (px("1;", variables=""), "STUB and HEADING are missing"),
        (px("1 2;", variables='STUB="x";\nVALUES("x")="a","b;\n'), "Expected a keyword of the PX format"),
        (px("1 2 3;", variables=VARIABLES + 'KEYS("region")=CODES;\n'), "Expected lines of 1 keys and 4 figures."),
        (px('"X" 1 2 3 4;', variables=VARIABLES + 'KEYS("region")=CODES;\n'), "Unknown key “X”."),
    ],
)
def test_a_broken_file_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        tidied(text)
    assert words in refused.value.faults[0].in_language("en")
