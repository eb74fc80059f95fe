"""A machine that lacks something still passes, and the last lines say what did not run and how to get it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import NO_BROWSER, NO_DATA, ROOT

SAMPLE = """
def test_browser(browser_path): assert browser_path
def test_browser_again(browser_path): assert browser_path
def test_data(data_folder): assert data_folder("ihr-2018").is_dir()
def test_here(): assert True
"""
FIXTURES = "from tests.conftest import browser_path, data_folder, pytest_unconfigure\n"


def run(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The sample under our own settings and fixtures, on a machine without browser and data."""
    (folder / "conftest.py").write_text(FIXTURES)
    (folder / "test_sample.py").write_text(SAMPLE)
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider"]
    bare = {"PATH": str(folder), "HOME": str(folder), "PYTHONPATH": str(ROOT), "SHARED_DATA": str(folder / "nowhere")}
    inherited = {name: os.environ[name] for name in ("LANG",) if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *settings, *options, str(folder)],
        cwd=ROOT,
        env={**inherited, **bare, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "options", [(), pytest.param(("--numprocesses", "2"), marks=pytest.mark.whole)], ids=["one", "two"]
)
def test_the_last_lines_say_what_did_not_run(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(tmp_path, *options)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-3:] == ["NOT RUN: 3 tests", f"  2 × {NO_BROWSER}", f"  1 × {NO_DATA}"]


def test_a_required_browser_that_is_missing_is_a_failure(tmp_path: Path) -> None:
    done = run(tmp_path, BROWSER="required")
    assert done.returncode == 1
    assert f"BROWSER=required, but {NO_BROWSER}" in done.stdout
    assert done.stdout.splitlines()[-2:] == ["NOT RUN: 1 test", f"  1 × {NO_DATA}"]
