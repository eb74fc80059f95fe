"""What some tests need from the machine, and the one sentence that says how to get it when it is missing."""

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = "no browser: install Debian's chromium (`apt-get install chromium`), or run .ci/run as root"
NO_DATA = "no data of the papers: put the folder `shared` beside the checkout, or name it in SHARED_DATA"


def browser_path() -> str:
    """Chromium's path; without it the test is not run, or fails where BROWSER=required says it must run."""
    path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        if os.environ.get("BROWSER") == "required":
            pytest.fail(f"BROWSER=required, but {NO_BROWSER}", pytrace=False)
        pytest.skip(NO_BROWSER)
    return path


def data_folder(name: str) -> Path:
    """A folder of real data beside the checkout, such as `ihr-2018`; without it the test is not run."""
    folder = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data")) / name
    if not folder.is_dir():
        pytest.skip(NO_DATA)
    return folder


def not_run(reports: Sequence[pytest.TestReport | pytest.CollectReport]) -> list[str]:
    """The closing lines: how many tests did not run, and for each reason how to get what they need."""
    if not reports:
        return []
    reasons = Counter(
        (report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)).removeprefix("Skipped: ")
        for report in reports
    )
    lines = [f"  {count} × {reason}" for reason, count in sorted(reasons.items())]
    return [f"NOT RUN: {len(reports)} test{'s' if len(reports) != 1 else ''}", *lines]
