"""`rank` as people run it: the shape of RANKING, the same bytes for the same input, nothing written on bad input."""

import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.ranking.cli import main
from tests.needs import ROOT, data_folder
from tests.unit.criteria.examples import HDI, table

VALUES = "unit,cluster,criterion,value\n" + "".join(
    f"U{unit},K{unit % 2},{criterion},{value}\n"
    for unit in range(6)
    for criterion, value in (("LE", 60 + 3 * unit), ("EYS", 10 + unit), ("MYS", 9), ("GNI", 3000 + 500 * (unit % 3)))
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hdi.yaml").write_text(yaml.safe_dump(HDI), "utf-8")
    (tmp_path / "values.csv").write_text(VALUES, "utf-8")
    return tmp_path


def rank(
    folder: Path, *options: str, framework: str = "hdi.yaml", table_of: str = "--values", file: str = "values.csv"
) -> Any:
    out = folder / "ranking.json"
    out.unlink(missing_ok=True)
    status = main(["rank", str(folder / framework), table_of, str(folder / file), *options, "--out", str(out)])
    assert status == 0
    return json.loads(out.read_text("utf-8"))


def test_the_shape_of_a_ranking(folder: Path) -> None:
    ranking = rank(folder)
    assert set(ranking) == {"framework", "method", "clusters", "simulation", "inputs_sha256"}
    assert ranking["framework"] == "hdi-2022"
    assert ranking["simulation"] is None
    assert [cluster["cluster"] for cluster in ranking["clusters"]] == ["K0", "K1"]
    first = ranking["clusters"][0]["standings"][0]
    assert list(first) == [
        "unit", "rank", "total", "groups", "criteria", "share_verified", "rank_interval", "probability_first",
    ]  # fmt: skip
    assert (first["unit"], first["rank"]) == ("U4", 1)
    assert isinstance(first["rank"], int)
    assert isinstance(first["total"], float)
    assert set(first["groups"]) == {"HEALTH", "EDUCATION", "INCOME"}
    assert first["criteria"]["LE"] == pytest.approx(52 / 65, abs=1e-9)
    assert first["share_verified"] is first["rank_interval"] is first["probability_first"] is None


def test_a_missing_part_is_null_and_a_unit_without_any_is_not_ranked(folder: Path) -> None:
    (folder / "values.csv").write_text("unit,criterion,value\nA,LE,70\nA,GNI,3000\nB,LE,\nC,LE,80\n", "utf-8")
    cluster = rank(folder)["clusters"][0]
    assert cluster["cluster"] == "all"
    by_unit = {standing["unit"]: standing for standing in cluster["standings"]}
    assert [standing["unit"] for standing in cluster["standings"]] == ["C", "A", "B"]
    assert by_unit["A"]["groups"]["EDUCATION"] is by_unit["A"]["criteria"]["EYS"] is None
    assert by_unit["B"]["rank"] is by_unit["B"]["total"] is None


def test_the_same_input_gives_the_same_bytes_in_any_order(folder: Path) -> None:
    options = ("--simulate", "200", "--weight-noise", "0.25", "--seed", "7")
    rank(folder, *options)
    first = (folder / "ranking.json").read_bytes()
    header, *rows = VALUES.splitlines(keepends=True)
    random.Random(1).shuffle(rows)
    (folder / "values.csv").write_text(header + "".join(rows), "utf-8")
    rank(folder, *options)
    assert (folder / "ranking.json").read_bytes() == first


def test_values_and_their_points_rank_alike(folder: Path) -> None:
    ranking = rank(folder)
    from shared.criteria.__main__ import main as criteria

    points = folder / "points.csv"
    assert (
        criteria(["score", str(folder / "hdi.yaml"), "--values", str(folder / "values.csv"), "--out", str(points)]) == 0
    )
    assert rank(folder, table_of="--points", file="points.csv") == ranking


def test_inputs_hash_names_framework_options_and_points(folder: Path) -> None:
    hashes = {rank(folder)["inputs_sha256"], rank(folder, "--simulate", "5")["inputs_sha256"]}
    hashes.add(rank(folder, "--simulate", "5", "--seed", "1")["inputs_sha256"])
    (folder / "values.csv").write_text(VALUES.replace("U0,K0,LE,60", "U0,K0,LE,60.1"), "utf-8")
    hashes.add(rank(folder)["inputs_sha256"])
    (folder / "hdi.yaml").write_text(yaml.safe_dump(HDI | {"version": 2}), "utf-8")
    hashes.add(rank(folder)["inputs_sha256"])
    assert len(hashes) == 5


def test_share_verified_comes_from_statuses(folder: Path) -> None:
    (folder / "table.yaml").write_text(yaml.safe_dump(table(3)), "utf-8")
    header = "unit,criterion,points,status\n"
    (folder / "points.csv").write_text(header + "A,C1,5,verified\nA,C2,5,documented\nA,C3,5,verified\n", "utf-8")
    ranking = rank(folder, framework="table.yaml", table_of="--points", file="points.csv")
    standing = ranking["clusters"][0]["standings"][0]
    assert standing["share_verified"] == pytest.approx(2 / 3, abs=1e-9)
    assert standing["total"] == 15


def test_simulated_intervals(folder: Path) -> None:
    ranking = rank(folder, "--simulate", "400", "--seed", "3")
    assert ranking["simulation"]["draws"] == 400
    for cluster in ranking["clusters"]:
        for standing in cluster["standings"]:
            low, high = standing["rank_interval"]
            assert 1 <= low <= high <= len(cluster["standings"])
            assert 0 <= standing["probability_first"] <= 1
        assert sum(standing["probability_first"] for standing in cluster["standings"]) >= 1


def test_a_missing_value_that_is_an_error_stops_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "table.yaml").write_text(yaml.safe_dump(table(2)), "utf-8")
    (folder / "points.csv").write_text("unit,criterion,points\nA,C1,5\nB,C1,5\nB,C2,\n", "utf-8")
    out = folder / "ranking.json"
    status = main(["rank", str(folder / "table.yaml"), "--points", str(folder / "points.csv"), "--out", str(out)])
    assert (status, out.exists()) == (2, False)
    assert capsys.readouterr().err.splitlines() == [
        f"{folder}/points.csv:points: “A” lacks “C2”, and the framework declares a missing value an error.",
        f"{folder}/points.csv:4:points: “B” lacks “C2”, and the framework declares a missing value an error.",
    ]


def test_human_development_index_through_the_command(folder: Path) -> None:
    with (data_folder("hdi-2022") / "hdi_2022.csv").open(encoding="utf-8-sig", newline="") as file:
        published = {row["iso3"]: row for row in csv.DictReader(file) if row["hdi_rank_2022"]}
    columns = {"LE": "le_2022", "EYS": "eys_2022", "MYS": "mys_2022", "GNI": "gnipc_2022"}
    rows = [f"{unit},{code},{row[column]}\n" for unit, row in published.items() for code, column in columns.items()]
    (folder / "values.csv").write_text("unit,criterion,value\n" + "".join(rows), "utf-8")
    standings = rank(folder)["clusters"][0]["standings"]
    assert len(standings) == 193
    for standing in standings:
        row = published[standing["unit"]]
        assert (standing["rank"], standing["total"]) == (int(float(row["hdi_rank_2022"])), float(row["hdi_2022"]))


def test_bad_input_writes_nothing_and_keeps_what_was_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "ranking.json"
    out.write_text("before", "utf-8")
    (folder / "values.csv").write_text("unit,criterion,value\nA,LE,inf\nA,LE,3\n", "utf-8")
    status = main(["rank", str(folder / "hdi.yaml"), "--values", str(folder / "values.csv"), "--out", str(out)])
    assert status == 2
    assert out.read_text("utf-8") == "before"
    assert capsys.readouterr().err.splitlines() == [
        f"{folder}/values.csv:2:value: Expected a finite number, not “inf”.",
        f"{folder}/values.csv:3:criterion: This row is given twice; before it on line 2.",
    ]


@pytest.mark.parametrize(
    "options",
    [
        ["--values", "v.csv", "--points", "p.csv"],
        [],
        ["--values", "v.csv", "--simulate", "0"],
        ["--values", "v.csv", "--simulate", "1.5"],
        ["--values", "v.csv", "--weight-noise", "1"],
        ["--values", "v.csv", "--weight-noise", "nan"],
        ["--values", "v.csv", "--seed", "-1"],
    ],
)
def test_wrong_options_are_refused(folder: Path, options: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["rank", str(folder / "hdi.yaml"), *options, "--out", str(folder / "ranking.json")])
    assert caught.value.code == 2


def test_offline_commands_start_without_web_database_or_learning(folder: Path) -> None:
    script = (
        "import sys; from services.ranking.cli import main; "
        f"status = main(['rank', {str(folder / 'hdi.yaml')!r}, '--values', {str(folder / 'values.csv')!r}, "
        f"'--out', {str(folder / 'ranking.json')!r}]); "
        "heavy = {'flask', 'sklearn', 'scipy', 'sqlalchemy', 'celery', 'redis', 'requests', 'cryptography'}; "
        "print(status, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "LC_ALL": "C.UTF-8"}, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout == "0 []\n", done.stderr
