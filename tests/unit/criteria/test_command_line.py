"""The offline commands of the criteria, as people see them; once as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.criteria.__main__ import main
from shared.criteria.command_line import write_whole
from shared.criteria.files import load_file
from shared.criteria.tables import read_points, read_values
from tests.commands import run_here
from tests.needs import ROOT

FRAMEWORK = """\
framework: small
missing: exclude
criteria:
  - {code: C1, max_points: 10, rule: {name: goalposts, low: 0, high: 100}}
  - {code: C2, max_points: 20, rule: {name: minmax}}
gates: [{code: X1, effect: hold}]
"""


def run(*arguments: object, language: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    return run_here(main, *arguments, environment={"LC_ALL": language})


def run_process(*arguments: object, language: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": language, "PYTHONIOENCODING": ""}
    command = [sys.executable, "-m", "shared.criteria", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


@pytest.fixture
def framework(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(FRAMEWORK, "utf-8")
    return path


def test_commands_start_without_libraries_that_few_need() -> None:
    code = "import sys, shared.criteria.__main__; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split())
    assert "numpy" in loaded
    assert not loaded & {"flask", "sqlalchemy", "sklearn", "scipy", "openpyxl", "apispec"}


def test_score_writes_points_that_can_be_read_again(framework: Path, tmp_path: Path) -> None:
    values, out = tmp_path / "values.csv", tmp_path / "points.csv"
    values.write_text("unit,cluster,criterion,value\nB,K,C1,25\nB,K,C2,1\nA,K,C2,4\nA,K,X1,1\nC,L,C2,4\n", "utf-8")
    done = run("score", framework, "--values", values, "--out", out)
    assert done.returncode == 0
    assert out.read_text("utf-8") == (
        "unit,cluster,criterion,points\nA,K,C1,\nA,K,C2,20.0\nA,K,X1,1.0\nB,K,C1,2.5\nB,K,C2,0.0\nC,L,C1,\nC,L,C2,\n"
    )
    assert "L: All values of “C2” are equal" in done.stderr
    read = read_points(load_file(framework), out)
    assert read.units == read_values(load_file(framework), values).units
    to_screen = run("score", framework, "--values", values)
    assert to_screen.stdout == out.read_text("utf-8")


def test_bad_input_is_listed_and_nothing_is_written(framework: Path, tmp_path: Path) -> None:
    values, out = tmp_path / "values.csv", tmp_path / "points.csv"
    values.write_text("unit,criterion,value\nA,C1,nan\nA,C9,1\n", "utf-8")
    done = run("score", framework, "--values", values, "--out", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"{values}:2:value: Expected a finite number, not “nan”.",
        f"{values}:3:criterion: “C9” is no criterion of the framework.",
    ]
    assert not out.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.yaml", "values.csv"]


def test_missing_as_an_error_says_what_is_missing(framework: Path, tmp_path: Path) -> None:
    framework.write_text(FRAMEWORK.replace("exclude", "error"), "utf-8")
    values = tmp_path / "values.csv"
    values.write_text("unit,criterion,value\nA,C1,\nB,C1,5\nB,C2,5\n", "utf-8")
    done = run("score", framework, "--values", values)
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert f"{values}:value: “A” lacks “C2”, and the framework declares a missing value an error." in lines
    assert f"{values}:2:value: “A” lacks “C1”, and the framework declares a missing value an error." in lines
    assert any(line.startswith(f"{values}:4:value: The value of “B” for “C2” cannot be scored") for line in lines)


def test_the_terminal_may_be_vietnamese(framework: Path) -> None:
    framework.write_text(FRAMEWORK.replace("missing: exclude", "missing: maybe"), "utf-8")
    done = run_process("lint", framework, language="vi_VN.UTF-8")
    assert done.returncode == 2
    assert done.stderr == (f"{framework}:2:10: Cần một trong: error, zero, exclude, cluster_mean; thấy “maybe”.\n")


def test_lint_says_what_deserves_a_second_look(framework: Path) -> None:
    text = FRAMEWORK.replace("missing: exclude", "total: 100") + "bonuses: [{code: B, points_each: 5}]\n"
    framework.write_text(text.replace("{name: minmax}", "{name: binary}, weight: 2, kind: qualitative"), "utf-8")
    done = run("lint", framework)
    assert done.returncode == 0
    said = done.stdout.splitlines()
    assert said[0] == f"{framework}:2:8: The maxima add up to 30, but the total says 100."
    assert f"{framework}:5:62: “C2” has a weight, but its parent adds points: the weight has no effect." in said
    assert f"{framework}:5:5: “C2” knows only two levels: it tells units apart badly." in said
    assert f"{framework}:5:5: “C2” is qualitative and has no rubric." in said
    assert f"{framework}:7:10: The bonuses have no common cap (bonus_cap)." in said
    assert any(line.startswith(f"{framework}:1:1: 33.3333 % of the points are measured") for line in said)
    assert said[-2].startswith("small: 2 criteria in 0 groups, total 100, SHA-256 ")


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o400
    assert list(tmp_path.iterdir()) == [path]
    from shared.contracts.refusals import BadInput

    with pytest.raises(BadInput):
        write_whole(tmp_path / "nowhere" / "out", b"")


OVERLAID = """\
framework: overlaid
missing: exclude
criteria:
  - {code: C1, max_points: 10, rule: {name: goalposts, low: 0, high: 100}}
  - {code: C2, max_points: 10, rule: {name: binary}}
  - {code: C3, max_points: 10, rule: {name: goalposts, low: 0, high: 100}}
overlays: [{clusters: [K], changes: {C1: 5, C3: -5}, legal_reference: 12/QĐ, reason: vì sao}]
"""
LAST_YEAR = "unit,cluster,criterion,value\n" + "".join(
    f"{unit},K,{code},{value}\n"
    for number, unit in enumerate("ABCDEF")
    for code, value in (("C1", 90 - 10 * number), ("C2", 1), ("C3", 20 + 10 * number))
)


@pytest.fixture
def overlaid(tmp_path: Path) -> tuple[Path, Path]:
    framework, values = tmp_path / "overlaid.yaml", tmp_path / "last_year.csv"
    framework.write_text(OVERLAID, "utf-8")
    values.write_text(LAST_YEAR, "utf-8")
    return framework, values


def test_lint_says_where_and_looks_at_last_year(overlaid: tuple[Path, Path]) -> None:
    framework, values = overlaid
    alone = run("lint", framework, language="vi_VN.UTF-8")
    assert alone.returncode == 0
    assert f"{framework}:5:5: “C2” chỉ có hai mức nên khó phân biệt giữa các đơn vị." in alone.stdout
    assert "Chưa xem xét số liệu năm trước" in alone.stdout
    together = run("lint", framework, "--values", values)
    assert f"{framework}:5:5: “C2” told only 0 % of the pairs of units apart." in together.stdout
    assert "not looked at" not in together.stdout


def test_overlay_shows_the_difference_and_tests_the_head(overlaid: tuple[Path, Path]) -> None:
    framework, values = overlaid
    shown = run("overlay", framework, "K")
    assert shown.returncode == 0
    assert [line.split()[:5] for line in shown.stdout.splitlines()[:2]] == [
        ["C1", "10", "→", "15", "+5"],
        ["C3", "10", "→", "5", "-5"],
    ]
    tested = run("overlay", framework, "K", "--values", values, "--head", "A", "--draws", "999")
    assert "the head (A) gains 3 points on the mean of the others; rank 1 → 1" in tested.stdout
    assert "Of 999 random zero-sum changes" in tested.stdout
    unknown = run("overlay", framework, "K", "--values", values, "--head", "Z")
    assert (unknown.returncode, unknown.stdout.count("gains")) == (2, 0)
    assert "“Z” is no unit of the cluster “K”" in unknown.stderr
    assert run("overlay", framework, "L").returncode == 2
    assert run("overlay", framework, "K", "--head", "A").returncode == 2


def test_convert_goes_round_every_form(overlaid: tuple[Path, Path], tmp_path: Path) -> None:
    last = overlaid[0]
    for name in ("a.xlsx", "b.json", "c.yaml", "d.xlsx"):
        done = run("convert", last, tmp_path / name)
        assert done.returncode == 0, done.stderr
        last = tmp_path / name
    assert load_file(last).sha256 == load_file(overlaid[0]).sha256
    refused = run("convert", last, tmp_path / "e.csv")
    assert (refused.returncode, (tmp_path / "e.csv").exists()) == (2, False)


def test_schema_is_printed() -> None:
    assert run("schema").stdout == (ROOT / "shared/criteria/framework.schema.json").read_text("utf-8")
