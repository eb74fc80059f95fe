"""`python -m services.verify read`: the public promise of its file formats."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.verify.cli import main as all_commands
from services.verify.sources.commands import main

ROOT = Path(__file__).parents[3]
TABLE = "Tỉnh;2015;Prel. 2016\nHà Nội;1,5;..\nHuế;hai;3\n"
TIDY = "Tỉnh,Year,value,status\nHà Nội,2015,1.5,\nHà Nội,Prel. 2016,,..\nHuế,2015,,error\nHuế,Prel. 2016,3,\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", [main, all_commands])
def test_writes_one_row_per_cell_and_says_what_is_wrong(
    command, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = table.with_name("tidy.csv")
    assert command(["read", str(table), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == TIDY
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith(f"{table}:3:2015: ")


def test_without_out_it_writes_to_the_terminal(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(table)]) == 0
    assert capsys.readouterr().out == TIDY


def test_speaks_the_terminals_language(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert main(["read", str(table)]) == 0
    assert "Cần một con số nhưng gặp “hai”" in capsys.readouterr().err
    assert main(["read", str(table.with_name("absent.csv"))]) == 2
    assert "Không đọc được tệp" in capsys.readouterr().err


@pytest.mark.parametrize("raw", [b"", b'{"dimension": ', b"<a>", b'unit,value\n"HN,1\n', b'unit,value\nHN,1\nDN,2\n"x'])
def test_an_unreadable_file_writes_nothing(raw: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_bytes(raw)
    out = tmp_path / "tidy.csv"
    out.write_text("before", encoding="utf-8")
    assert main(["read", str(tmp_path / "file"), "--out", str(out)]) == 2
    assert main(["read", str(tmp_path / "file")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(str(tmp_path / "file"))
    assert out.read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "tidy.csv"]


def test_a_place_that_cannot_be_written_is_said(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(table), "--out", str(table.parent / "no" / "tidy.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.verify", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_as_a_process_in_a_terminal_without_unicode(table: Path) -> None:
    done = run("read", str(table), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "value,status" in done.stdout


def test_starts_without_the_heavy_parts(table: Path) -> None:
    probe = (
        "import sys, runpy\nsys.argv = ['verify', 'read', sys.argv[1]]\n"
        "try:\n    runpy.run_module('services.verify', run_name='__main__')\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'scipy', 'sklearn', 'pandas', 'flask', 'sqlalchemy', 'openpyxl', 'celery'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, str(table)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1] == "[]"
