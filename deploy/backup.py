"""Backup and restore: the three databases, evidence and keys, as one folder with a manifest of SHA-256 sums.

A backup may be taken while the suite runs. Databases are dumped downstream first, so that whatever one service knows
of another is in the other's dump; files follow, because a row is written only after its file. Redis is left out: a
queue is never the record. Restoring gives every feed a new identity, so that readers start again from its beginning.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.children import StartFailure
from deploy.databases import DATABASES, INTAKE, RANKING, VERIFY, create_databases, plain_url, role_url
from deploy.embedded import EmbeddedPostgres, find_postgres_binaries
from deploy.feeds import renew_feed_identities
from deploy.state import FolderLock, State

FORMAT = 1
MANIFEST = "manifest.json"
DOWNSTREAM_FIRST = (RANKING, VERIFY, INTAKE)
FILES = ("evidence", "secrets")
# What a restore puts aside; logs and the port people know stay.
REPLACED = ("postgres", "evidence", "secrets", "redis", "beat")


def back_up(state: State, to: Path | None, database_url: str | None) -> Path:
    """Make the backup in the new folder `to`; the folder, complete, or StartFailure and nothing."""
    if not state.passwords_file.exists():
        raise StartFailure(f"There is no suite in {state.folder}: nothing to back up.")
    to = (to or state.folder / "backups" / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")).resolve()
    if to.exists():
        raise StartFailure(f"{to} is there already: a backup makes its own folder.")
    partial = to.with_name(to.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "databases").mkdir(parents=True, mode=0o700)
    partial.chmod(0o700)
    try:
        with _server(state, database_url) as admin_url:
            passwords = state.passwords()
            for database in DOWNSTREAM_FIRST:
                url = role_url(admin_url, database.owner, passwords[database.owner], database.name)
                _run("pg_dump", url, "--format=custom", f"--file={_dump(partial, database.name)}")
        for name in FILES:
            shutil.copytree(state.folder / name, partial / name)
        manifest = {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": {str(path.relative_to(partial)): sha256_of(path) for path in _files(partial)},
        }
        (partial / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
        partial.rename(to)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return to


def restore(state: State, origin: Path, database_url: str | None) -> Path | None:
    """Put the backup in `origin` in place of what is in the state folder; where that lies now.

    Nothing is touched before the manifest is checked and the databases are restored beside the old ones.
    """
    check_manifest(origin)
    with FolderLock(state.folder):
        new = State(state.folder / "restoring")
        shutil.rmtree(new.folder, ignore_errors=True)
        new.folder.mkdir(mode=0o700)
        try:
            for name in FILES:
                shutil.copytree(origin / name, new.folder / name)
            if database_url:
                with _put_aside(database_url):
                    _restore_databases(database_url, new.passwords(), origin)
            else:
                server = EmbeddedPostgres(new.postgres)
                try:
                    server.start()
                    _restore_databases(server.url, new.passwords(), origin)
                finally:
                    server.stop()
            return _swap(state, new)
        finally:
            shutil.rmtree(new.folder, ignore_errors=True)


def check_manifest(origin: Path) -> None:
    """Refuse a backup that is not exactly what its manifest says; the first line names every difference."""
    try:
        manifest = json.loads((origin / MANIFEST).read_text())
        known, version = dict(manifest["files"]), manifest["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise StartFailure(f"{origin} is no backup: it has no readable {MANIFEST}.") from None
    if version != FORMAT:
        raise StartFailure(f"{origin} has format {version}; this release reads format {FORMAT}.")
    found = {str(path.relative_to(origin)): path for path in _files(origin) if path.name != MANIFEST}
    faults = [f"{name} is missing" for name in sorted(known.keys() - found.keys())]
    faults += [f"{name} is not in the manifest" for name in sorted(found.keys() - known.keys())]
    faults += [
        f"{name} is not what was backed up"
        for name in sorted(known.keys() & found.keys())
        if sha256_of(found[name]) != known[name]
    ]
    faults += [f"databases/{name}.dump is missing" for name in DATABASES if f"databases/{name}.dump" not in known]
    if faults:
        raise StartFailure(f"{origin} is damaged, nothing was changed: {'; '.join(dict.fromkeys(faults))}.")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _dump(folder: Path, name: str) -> Path:
    return folder / "databases" / f"{name}.dump"


@contextmanager
def _server(state: State, database_url: str | None) -> Iterator[str]:
    """The administrator's URL: given, of the running suite, or of a server started for the while."""
    running = state.read_running()
    server = EmbeddedPostgres(state.postgres) if not database_url else None
    if database_url:
        yield database_url
    elif server and running:
        yield server.url_at(int(running["servers"]["postgres"]["port"]))
    elif server:
        with FolderLock(state.folder):
            if not server.data.exists():
                raise StartFailure(f"There is no database in {state.postgres}: nothing to back up.")
            server.start()
            try:
                yield server.url
            finally:
                server.stop()


def _restore_databases(admin_url: str, passwords: Mapping[str, str], origin: Path) -> None:
    create_databases(admin_url, passwords)
    for database in DATABASES.values():
        url = role_url(admin_url, database.owner, passwords[database.owner], database.name)
        options = ("--no-owner", "--exit-on-error", "--single-transaction")
        _run("pg_restore", url, *options, str(_dump(origin, database.name)))
        renew_feed_identities(plain_url(url))


@contextmanager
def _put_aside(database_url: str) -> Iterator[None]:
    """On a server of somebody else's: rename the databases away, drop them when all went well, else bring them back."""
    aside = {name: f"{name}_before_restore" for name in DATABASES}
    with psycopg.connect(plain_url(database_url), autocommit=True) as connection:
        rows = connection.execute(
            "SELECT datname, count(*) FROM pg_stat_activity WHERE datname = ANY(%s) GROUP BY 1", [list(aside)]
        ).fetchall()
        if rows:
            used = ", ".join(f"{name} ({count} connections)" for name, count in sorted(rows))
            raise StartFailure(f"The suite is running on that server: stop it first. In use: {used}.")
        there = [row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()]
        moved = [name for name in aside if name in there]
        for name in moved:
            _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", aside[name])
            _execute(connection, "ALTER DATABASE {} RENAME TO {}", name, aside[name])
        try:
            yield
        except BaseException:
            for name in moved:
                _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
                _execute(connection, "ALTER DATABASE {} RENAME TO {}", aside[name], name)
            raise
        for name in moved:
            _execute(connection, "DROP DATABASE {} WITH (FORCE)", aside[name])


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _swap(state: State, new: State) -> Path | None:
    """Move what is there aside and the restored in its place; the old data is for a person to delete."""
    replaced = state.folder / f"replaced-{datetime.now(UTC).strftime('%Y-%m-%dT%H%M%SZ')}"
    there = [name for name in REPLACED if (state.folder / name).exists()]
    if there:
        replaced.mkdir(mode=0o700)
    for name in there:
        (state.folder / name).rename(replaced / name)
    for made in new.folder.iterdir():
        made.rename(state.folder / made.name)
    return replaced if there else None


def _run(program: str, url: str, *options: str) -> None:
    """Run one of PostgreSQL's programs; the password goes through the environment, not the command line."""
    info = psycopg.conninfo.conninfo_to_dict(plain_url(url))
    environment = {**os.environ, "PGPASSWORD": str(info.pop("password"))}
    target = psycopg.conninfo.make_conninfo("", **info)
    command = [str(find_postgres_binaries() / program), f"--dbname={target}", "--no-password", *options]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise StartFailure(f"{program} failed: {' | '.join(done.stderr.strip().splitlines()[-3:])}")
