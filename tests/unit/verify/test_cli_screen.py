"""`python -m services.verify screen`: the public promise of its file formats."""

import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from services.verify.cli import main
from services.verify.screening.commands import COLUMNS
from tests.needs import data_folder

ROOT = Path(__file__).parents[3]
IHR_CRITERIA = ("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C10", "C11", "C12", "C13")


def document(codes: tuple[str, ...] = ("C0", "C1"), source: str = "nso", tolerance: float = 2.0) -> dict[str, object]:
    return {
        "framework": "test",
        "missing": "exclude",
        "criteria": [
            {
                "code": code,
                "max_points": 100,
                "kind": "quantitative",
                "rule": {"name": "goalposts", "low": 0, "high": 100},
                "sources": [
                    {"id": source, "indicator": code, "relation": "same", "tolerance": {"absolute": tolerance}}
                ],
            }
            for code in codes
        ],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "framework.json").write_text(json.dumps(document()), encoding="utf-8")
    (tmp_path / "claims.csv").write_text(
        "unit,cluster,criterion,value,self_points\nA,K,C0,80,80\nA,K,C1,50,\nB,K,C0,,40\nB,K,C1,60,90\n",
        encoding="utf-8",
    )
    (tmp_path / "obs.csv").write_text(
        "source,unit,indicator,period,value,status\nnso,A,C0,2025,50,final\nnso,A,C1,2025,51,\nnso,B,C0,2024,41,final\n",
        encoding="utf-8",
    )
    return tmp_path


def run(folder: Path, *more: str, claims: str = "claims.csv", out: str = "out.csv") -> int:
    return main(arguments(folder, claims, out, *more))


def arguments(folder: Path, claims: str = "claims.csv", out: str = "out.csv", *more: str) -> list[str]:
    named = {"--claims": claims, "--observations": "obs.csv", "--out": out}
    options = [text for option, name in named.items() for text in (option, str(folder / name))]
    return ["screen", str(folder / "framework.json"), *options, *more]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_findings_have_the_promised_columns_and_one_row_per_claim(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "--capacity", "1") == 0
    found = rows(folder / "out.csv")
    assert tuple(found[0]) == COLUMNS
    assert [(row["unit"], row["criterion"]) for row in found] == [("A", "C0"), ("B", "C1"), ("B", "C0"), ("A", "C1")]
    first, second, fourth, third = found  # what its source bears out comes last
    assert first["rank"] == "1"
    assert first["codes"] == "SOURCE_CONFLICT"
    assert (first["flagged"], first["gap"], first["points_at_stake"]) == ("true", "30", "30")
    assert (second["codes"], second["independent_points"], second["gap"]) == ("ARITHMETIC", "", "")
    assert (third["self_points"], third["independent_points"], third["gap"]) == ("50", "51", "-1")
    assert third["points_at_stake"] == "0"
    assert (fourth["independent_points"], fourth["codes"]) == ("41", "")
    assert "2024" in fourth["explanation_vi"]
    assert "Cụm có dưới 5 đơn vị" in first["explanation_vi"]
    said = capsys.readouterr().err
    assert "HISTORY_OUTLIER" in said
    assert "EVIDENCE_MISSING" in said
    assert "at most 0" in said
    assert "Capacity 1" in said


def test_row_order_changes_nothing(folder: Path) -> None:
    assert run(folder) == 0
    before = (folder / "out.csv").read_bytes()
    for name in ("claims.csv", "obs.csv"):
        header, *lines = (folder / name).read_text(encoding="utf-8").splitlines()
        random.Random(3).shuffle(lines)
        (folder / name).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    assert run(folder) == 0
    assert (folder / "out.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("A,K,C0,nan,80", "2:value"),
        ("A,K,C0,inf,80", "2:value"),
        ("A,K,C0,80,eighty", "2:self_points"),
        ("A,K,NOPE,80,80", "2:criterion"),
        ("A,K,C0,80", "2"),
        ("A,K,C0,80,80\nA,K,C0,70,70", "3:criterion"),
        ("A,K,C0,80,80\nA,L,C1,70,70", "3:cluster"),
    ],
)
def test_bad_input_is_located_and_nothing_is_written(
    folder: Path, line: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.csv").write_text(f"unit,cluster,criterion,value,self_points\n{line}\n", encoding="utf-8")
    assert run(folder, claims="bad.csv") == 2
    said = capsys.readouterr().err
    assert f"bad.csv:{place}" in said
    assert "Traceback" not in said
    assert not (folder / "out.csv").exists()


def test_faults_of_all_files_are_told_together(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "claims.csv").write_text("unit,cluster,criterion,value,self_points\nA,K,C0,x,1\n", encoding="utf-8")
    (folder / "obs.csv").write_text("source,unit,indicator,period,value\nnso,A,C0,spring,5\n", encoding="utf-8")
    assert run(folder) == 2
    said = capsys.readouterr().err
    assert "claims.csv:2:value" in said
    assert "obs.csv:2:period" in said


def test_other_bad_input(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--period", "spring") == 2
    assert run(folder, "--capacity", "-1") == 2
    assert run(folder, claims="missing.csv") == 2
    (folder / "claims.csv").write_bytes("unit,cluster,criterion,value,self_points\nĐà Nẵng,K,C0,1,1\n".encode("utf-16"))
    assert run(folder) == 2
    assert run(folder, out="nowhere/out.csv") == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (folder / "out.csv").exists()


def test_a_failure_leaves_the_old_file(folder: Path) -> None:
    (folder / "out.csv").write_text("before", encoding="utf-8")
    (folder / "claims.csv").write_text("unit,cluster,criterion,value,self_points\nA,K,C0,x,1\n", encoding="utf-8")
    assert run(folder) == 2
    assert (folder / "out.csv").read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["claims.csv", "framework.json", "obs.csv", "out.csv"]


def test_history_and_period_are_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "history.csv").write_text(
        "unit,cluster,criterion,value,self_points,period,verified_points\n"
        + "".join(f"A,K,C1,{40 + year % 2},{40 + year % 2},{year},\n" for year in range(2018, 2025)),
        encoding="utf-8",
    )
    assert run(folder, "--history", str(folder / "history.csv"), "--period", "2026") == 0
    found = {(row["unit"], row["criterion"]): row for row in rows(folder / "out.csv")}
    assert "2025" in found["A", "C0"]["explanation_en"]  # what was this period's figure is an older one now
    assert float(found["A", "C1"]["suspicion"]) > 0.3
    assert "Not run: HISTORY_OUTLIER" not in capsys.readouterr().err


def test_scores_out_of_range_are_findings(folder: Path) -> None:
    (folder / "claims.csv").write_text(
        "unit,cluster,criterion,value,self_points\nA,K,C0,140,100\nA,K,C1,50,120\n", encoding="utf-8"
    )
    assert run(folder) == 0
    assert {row["criterion"]: "ARITHMETIC" in row["codes"] for row in rows(folder / "out.csv")} == {
        "C0": True,
        "C1": True,
    }


def test_the_command_imports_neither_flask_nor_scikit_learn(folder: Path) -> None:
    code = (
        "import sys; from services.verify.cli import main; "
        f"main({arguments(folder)!r}); "
        "heavy = {'flask', 'sklearn', 'sqlalchemy', 'celery', 'scipy.stats'}; print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


def test_it_speaks_vietnamese_on_a_vietnamese_terminal(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.verify", *arguments(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "vi_VN.UTF-8", "PYTHONUTF8": "1"},
        check=True,
        timeout=120,
    )
    assert "Đã rà soát 4 mục của 2 đơn vị, kỳ 2025." in done.stderr


def test_real_claims_against_a_real_evaluation(tmp_path: Path) -> None:
    ihr = data_folder("ihr-2018")
    (tmp_path / "framework.json").write_text(json.dumps(document(IHR_CRITERIA, "jee", 20.0)), encoding="utf-8")
    for name, there in (("claims.csv", "claims.csv"), ("obs.csv", "observations.csv")):
        (tmp_path / name).write_bytes((ihr / there).read_bytes())
    assert run(tmp_path) == 0
    found = rows(tmp_path / "out.csv")
    assert len(found) == 1045
    for row in found:
        above = float(row["self_points"]) - float(row["independent_points"]) > 20 + 0.01
        assert (row["flagged"] == "true") is above
        assert ("SOURCE_CONFLICT" in row["codes"].split()) is (abs(float(row["gap"])) > 20 + 0.01)
        if row["cluster"] == "AMR":
            assert "fewer than 5 units" in row["explanation_en"]
            assert "PEER_OUTLIER" not in row["codes"]
    assert sum(row["flagged"] == "true" for row in found) == 122
    gaps = [float(row["gap"]) for row in found[:122]]
    assert gaps == sorted(gaps, reverse=True)
