"""`python -m services.intake create-administrator`, as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.plumbing.database import Database
from tests.servers import TestDatabase

ROOT = Path(__file__).parents[3]
COMMAND = ["create-administrator", "--login", "admin", "--name", "Lê Quản Trị", "--council", "trung-uong"]


def run(url: str | None, password: str, *arguments: str, language: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    names = {"SECRET_KEY": "a secret", "LC_ALL": language, "PATH": os.environ["PATH"]}
    if url is not None:
        names["DATABASE_URL"] = url
    return subprocess.run(
        [sys.executable, "-m", "services.intake", *arguments],
        input=password + "\n",
        env=names,
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def url(make_database: Callable[[str | None], TestDatabase]) -> str:
    return make_database("intake").url


def test_the_first_administrator_is_made_once(url: str) -> None:
    done = run(url, "mưa xuân bay nhẹ", *COMMAND)
    assert (done.returncode, done.stdout) == (0, "Account admin administers council trung-uong.\n"), done.stderr
    again = run(url, "mưa xuân bay nhẹ", *COMMAND)
    assert (again.returncode, again.stdout) == (2, "")
    assert "already in use" in again.stderr
    database = Database(url)
    with database.reader() as connection:
        rows = connection.execute(sa.text("SELECT login, grants FROM account")).all()
        history = connection.execute(sa.text("SELECT actor, action FROM history")).all()
    database.close()
    assert [tuple(row) for row in rows] == [("admin", [["administrator", "trung-uong"]])]
    assert [tuple(row) for row in history] == [("operator", "account_created")]


def test_faults_are_told_in_the_terminals_language_and_change_nothing(url: str) -> None:
    weak = run(url, "short", *COMMAND, language="vi_VN.UTF-8")
    assert (weak.returncode, weak.stdout) == (2, "")
    assert "Mật khẩu cần ít nhất 12 ký tự" in weak.stderr
    council = run(url, "mưa xuân bay nhẹ", *COMMAND[:-1], "Trung ương")
    assert council.returncode == 2
    assert "grants.0" in council.stderr
    missing = run(None, "mưa xuân bay nhẹ", *COMMAND)
    assert missing.returncode == 2
    assert "DATABASE_URL is missing" in missing.stderr
    database = Database(url)
    with database.reader() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM account")).scalar() == 0
    database.close()
