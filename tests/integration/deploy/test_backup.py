"""Backup and restore on real servers: what was there is there again, under new feed identities; or nothing changes."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy import backup
from deploy.children import StartFailure
from deploy.databases import DATABASES, create_databases, role_url
from deploy.embedded import EmbeddedPostgres
from deploy.state import FolderLock, State
from tests.integration.deploy.throwaway_suite import ThrowawaySuite

TABLES = {
    "intake": "CREATE TABLE feed_identity (feed uuid PRIMARY KEY DEFAULT gen_random_uuid());"
    "CREATE TABLE kept (number integer); GRANT SELECT, INSERT ON kept TO intake",
    "verify": "CREATE TABLE feed_identity (feed uuid PRIMARY KEY DEFAULT gen_random_uuid());"
    "CREATE TABLE kept (number integer); GRANT SELECT, INSERT ON kept TO verify",
    "ranking": "CREATE SCHEMA scoring; CREATE SCHEMA voting; GRANT USAGE ON SCHEMA scoring TO ranking_scoring;"
    "CREATE TABLE scoring.feed_identity (feed uuid PRIMARY KEY DEFAULT gen_random_uuid());"
    "CREATE TABLE scoring.kept (number integer); GRANT SELECT ON scoring.kept TO ranking_scoring",
}
SCHEMAS = {"intake": "public", "verify": "public", "ranking": "scoring"}


class Site:
    """A state folder with databases in it, without processes."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.state = State(folder)
        self.state.prepare()
        self.database_url = database_url
        self._server: EmbeddedPostgres | None = None
        with self.running() as url:
            create_databases(url, self.state.passwords())
            for name, statements in TABLES.items():
                with psycopg.connect(self.owner(url, name), autocommit=True) as connection:
                    for statement in statements.split(";"):
                        connection.execute(statement.encode())
                    connection.execute(f"INSERT INTO {SCHEMAS[name]}.feed_identity DEFAULT VALUES".encode())
                    connection.execute(f"INSERT INTO {SCHEMAS[name]}.kept VALUES (1)".encode())
        (self.state.evidence / "ab").mkdir()
        (self.state.evidence / "ab" / "abcd").write_bytes(b"a scanned decision")
        (self.state.box_keys / "box-1.pem").write_text("a ballot box's key")

    def running(self) -> "Site":
        return self

    def __enter__(self) -> str:
        if self.database_url:
            return self.database_url
        self._server = EmbeddedPostgres(self.state.postgres)
        self._server.start()
        return self._server.url

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.stop()

    def owner(self, url: str, name: str) -> str:
        role = DATABASES[name].owner
        return role_url(url, role, self.state.passwords()[role], name)

    def change(self) -> None:
        """What happens after the backup and is undone by a restore."""
        with self.running() as url:
            for name in DATABASES:
                with psycopg.connect(self.owner(url, name)) as connection:
                    connection.execute(f"INSERT INTO {SCHEMAS[name]}.kept VALUES (2)".encode())
        (self.state.evidence / "ab" / "later").write_bytes(b"later")
        (self.state.box_keys / "box-1.pem").unlink()
        self.state.signing_key("intake").write_text("broken")

    def numbers(self) -> dict[str, list[int]]:
        """Each service's rows, asked as a role its processes use."""
        roles = {"intake": "intake", "verify": "verify", "ranking": "ranking_scoring"}
        found = {}
        with self.running() as url:
            for name, role in roles.items():
                with psycopg.connect(role_url(url, role, self.state.passwords()[role], name)) as connection:
                    rows = connection.execute(f"SELECT number FROM {SCHEMAS[name]}.kept ORDER BY 1".encode()).fetchall()
                found[name] = [number for (number,) in rows]
        return found

    def feeds(self) -> dict[str, str]:
        found = {}
        with self.running() as url:
            for name in DATABASES:
                with psycopg.connect(self.owner(url, name)) as connection:
                    rows = connection.execute(f"SELECT feed FROM {SCHEMAS[name]}.feed_identity".encode()).fetchall()
                (found[name],) = (str(feed) for (feed,) in rows)
        return found


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server of somebody else's."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("elsewhere") / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["embedded", "elsewhere"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    url = None
    if request.param == "elsewhere":
        url = request.getfixturevalue("elsewhere").url
    yield Site(tmp_path / "state", url)
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            for name in DATABASES:
                connection.execute(f"DROP DATABASE {name}".encode())


def test_everything_is_back_after_a_restore_and_feeds_are_new(site: Site, tmp_path: Path) -> None:
    feeds = site.feeds()
    key = site.state.signing_key("intake").read_text()
    made = backup.back_up(site.state, tmp_path / "backup", site.database_url)
    assert made == tmp_path / "backup"
    assert [path for path in (made, *made.glob("secrets/*.pem")) if path.stat().st_mode & 0o077] == []
    site.change()
    assert site.numbers()["intake"] == [1, 2]

    replaced = backup.restore(site.state, made, site.database_url)

    assert site.numbers() == {"intake": [1], "verify": [1], "ranking": [1]}
    again = site.feeds()
    assert {name for name in feeds if feeds[name] == again[name]} == set()
    assert [path.name for path in (site.state.evidence / "ab").iterdir()] == ["abcd"]
    assert (site.state.box_keys / "box-1.pem").read_text() == "a ballot box's key"
    assert site.state.signing_key("intake").read_text() == key
    assert replaced is not None
    assert (replaced / "evidence" / "ab" / "later").exists()
    assert not (site.state.folder / "restoring").exists()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda made: (made / "databases" / "verify.dump").write_bytes(b"x"), "databases/verify.dump is not what"),
        (lambda made: (made / "evidence" / "ab" / "abcd").unlink(), "evidence/ab/abcd is missing"),
        (lambda made: (made / "evidence" / "more").write_text("x"), "evidence/more is not in the manifest"),
        (lambda made: (made / "manifest.json").unlink(), "it has no readable manifest.json"),
        (lambda made: (made / "manifest.json").write_text('{"format": 9, "files": {}}'), "has format 9"),
    ],
)
def test_a_damaged_backup_is_refused_and_nothing_changes(tmp_path_factory, whole_backup, damage, said) -> None:
    site, made = whole_backup
    damaged = tmp_path_factory.mktemp("damaged") / "backup"
    shutil.copytree(made, damaged)
    damage(damaged)
    before = sorted(site.state.folder.iterdir())
    with pytest.raises(StartFailure, match=said):
        backup.restore(site.state, damaged, None)
    assert sorted(site.state.folder.iterdir()) == before


@pytest.fixture(scope="module")
def whole_backup(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Path]:
    folder = tmp_path_factory.mktemp("whole")
    site = Site(folder / "state")
    return site, backup.back_up(site.state, folder / "backup", None)


def test_a_dump_that_does_not_restore_leaves_the_old_data(whole_backup: tuple[Site, Path], tmp_path: Path) -> None:
    site, made = whole_backup
    broken = tmp_path / "backup"
    shutil.copytree(made, broken)
    dump = broken / "databases" / "ranking.dump"
    dump.write_bytes(dump.read_bytes()[:200])
    manifest = json.loads((broken / "manifest.json").read_text())
    manifest["files"]["databases/ranking.dump"] = backup.sha256_of(dump)
    (broken / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StartFailure, match="pg_restore failed"):
        backup.restore(site.state, broken, None)
    assert site.numbers() == {"intake": [1], "verify": [1], "ranking": [1]}
    assert not (site.state.folder / "restoring").exists()


def test_a_failed_restore_on_another_server_brings_the_old_databases_back(
    elsewhere: EmbeddedPostgres, tmp_path: Path
) -> None:
    site = Site(tmp_path / "state", elsewhere.url)
    made = backup.back_up(site.state, tmp_path / "backup", elsewhere.url)
    (made / "databases" / "intake.dump").write_bytes(b"PGDMP")
    manifest = json.loads((made / "manifest.json").read_text())
    manifest["files"]["databases/intake.dump"] = backup.sha256_of(made / "databases" / "intake.dump")
    (made / "manifest.json").write_text(json.dumps(manifest))
    with (
        psycopg.connect(site.owner(elsewhere.url, "verify")),
        pytest.raises(StartFailure, match="In use: verify"),
    ):
        backup.restore(site.state, made, elsewhere.url)
    with pytest.raises(StartFailure, match="pg_restore failed"):
        backup.restore(site.state, made, elsewhere.url)
    assert site.numbers() == {"intake": [1], "verify": [1], "ranking": [1]}
    with psycopg.connect(elsewhere.url, autocommit=True) as connection:
        for name in DATABASES:
            connection.execute(f"DROP DATABASE {name}".encode())


def test_a_running_suite_is_backed_up_but_never_restored(suite: ThrowawaySuite, tmp_path: Path) -> None:
    made = backup.back_up(suite.state, tmp_path / "backup", None)
    backup.check_manifest(made)
    with pytest.raises(StartFailure, match=f"already in use \\(process {suite.process.pid}\\)"):
        backup.restore(suite.state, made, None)
    assert suite.said("ready") is True


def test_a_folder_in_use_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StartFailure, match="nothing to back up"):
        backup.back_up(State(tmp_path / "nowhere"), None, None)
    with FolderLock(tmp_path), pytest.raises(StartFailure, match="already in use"), FolderLock(tmp_path):
        pass
