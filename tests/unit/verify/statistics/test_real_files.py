"""Every real file beside the checkout is read; those with an expected table equal it cell by cell."""

import csv
import json
from pathlib import Path

import pytest

from tests.needs import data_folder
from tests.unit.verify.statistics.tidying import Tidy, tidied

PAIRS = [
    *((f"jsonstat-pairs/{name}.json", f"jsonstat-pairs/{name}.csv") for name in ("HISB3", "demo_gind", "hierarchy")),
    *((f"jsonstat-pairs/{name}.json", f"jsonstat-pairs/{name}.csv") for name in ("order", "us-unr")),
    *((f"pxweb-vietnam/{name}.json", f"pxweb-vietnam/{name}.csv") for name in ("E02.01", "E02.08")),
    (
        "jsonstat/fixtures/eurostat-name_gpd_c-geo_IT.json",
        "jsonstat/expected_nodejs/eurostat-name_gpd_c-geo_IT-to_table.csv",
    ),
    ("jsonstat/oecd.json", "jsonstat/expected_nodejs/oecd-canada-to_table.csv"),
]
WITHOUT_CELLS = {
    *("collection.json", "footer.xml", "ng-structure.xml"),
    *(f"example-{number}.csv" for number in ("12", "14", "16", "17", "18", "19A", "19B")),
}


def read(path: Path) -> Tidy:
    return tidied(path.read_bytes())


def as_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize(("file", "expected"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_a_file_equals_its_expected_table(file: str, expected: str) -> None:
    folder = data_folder("formats")
    with (folder / expected).open(encoding="utf-8", newline="") as opened:
        header, *rows = csv.reader(opened)
    got = read(folder / file)
    columns = [*got.dimensions, "value", "status"]
    places = [columns.index(name if name in columns else name.lower()) for name in header]
    assert len(got.rows) == len(rows)
    for number, (mine, theirs) in enumerate(zip(got.rows, rows, strict=True)):
        assert [as_number(mine[at]) for at in places] == [as_number(text) for text in theirs], number


@pytest.mark.parametrize(
    ("file", "expected"),
    [("flat.json", "flat-json.txt"), ("ng-flat.xml", "ng-flat-xml.txt"), ("xs.json", "xs-json.txt")],
)
def test_sdmx_equals_its_expected_table(file: str, expected: str) -> None:
    folder = data_folder("formats") / "sdmx"
    header, *rows = [line.split() for line in (folder / "expected" / expected).read_text(encoding="utf-8").splitlines()]
    got = read(folder / "ECB_EXR" / file)
    assert [*got.dimensions, "value"] == header
    assert [[as_number(text) for text in row[:-1]] for row in got.rows] == [
        [as_number(text) for text in row] for row in rows
    ]


def test_a_message_with_a_deletion_equals_its_expected_table() -> None:
    got = read(data_folder("formats") / "sdmx" / "ECB_EXR" / "action-delete.json")
    assert [(row[4], row[5], float(row[6])) for row in got.rows] == [
        ("2013-01-18", "RUB", 40.3426),
        ("2013-01-21", "RUB", 40.3),
    ]


def test_every_file_is_read_and_only_known_ones_have_no_cells() -> None:
    folder = data_folder("formats")
    files = [path for path in sorted(folder.rglob("*.*")) if path.is_file() and path.suffix != ".txt"]
    empty = set()
    for path in files:
        got = read(path)
        assert all(len(row) == len(got.dimensions) + 2 for row in got.rows), path
        assert not got.bad or path.name == "order.csv", path
        if not got.rows:
            empty.add(path.name)
    assert len(files) > 60
    assert empty == WITHOUT_CELLS


def test_bundles_hold_all_their_datasets() -> None:
    folder = data_folder("formats") / "jsonstat"
    bundle, collection = read(folder / "oecd-canada.json"), read(folder / "oecd-canada-col.json")
    assert len(bundle.rows) == len(collection.rows) == 432 + 120
    alone = read(folder / "oecd.json")
    assert [(*row[1:4], *row[-2:]) for row in bundle.rows[:432]] == alone.rows


def test_the_statistics_offices_pages_hold_every_year() -> None:
    folder = data_folder("formats") / "gso-csv"
    forest = read(folder / "Area_of_forest_as_of_31_December_by_province.csv")
    assert forest.dimensions == ("Cities, provincies", "Year", "Iterms")
    years = ["2008(*)", "2009", "2010 (**)", *map(str, range(2011, 2016))]
    assert list(dict.fromkeys(row[1] for row in forest.rows)) == years
    poverty = read(folder / "Poverty_rate_by_province.csv")
    assert ("Ha Tay", "2006", "12.4", "") in poverty.rows
    assert ("Ha Tay", "2008", "", "..") in poverty.rows
    assert ("Ca Mau", "Pre. 2016", "4.0", "") in poverty.rows


def test_figures_agree_with_the_json_they_came_from() -> None:
    folder = data_folder("formats") / "jsonstat"
    document = json.loads((folder / "galicia.json").read_text(encoding="utf-8"))
    values = read(folder / "galicia.json").values
    assert [float(text) if text else None for text in values] == document["value"]
