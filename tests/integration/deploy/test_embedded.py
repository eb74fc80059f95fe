"""The embedded servers: passwords, durability after a kill, no orphan whatever dies, one clear line when it fails."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from deploy import embedded
from deploy.children import ROOT, StartFailure, start_child, stop_child
from deploy.embedded import (
    EmbeddedPostgres,
    EmbeddedRedis,
    UnprivilegedPrefix,
    find_redis_server,
    free_port,
    held_port,
)
from tests.suite import gone, wait_for

STARTER = """
import sys, time
from pathlib import Path
from deploy.embedded import EmbeddedPostgres, EmbeddedRedis
folder = Path(sys.argv[1])
postgres, redis = EmbeddedPostgres(folder / "postgres"), EmbeddedRedis(folder / "redis")
postgres.start(), redis.start()
print(postgres.url, redis.url, flush=True)
time.sleep(600)
"""


@pytest.fixture
def postgres(tmp_path: Path):
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_server(tmp_path: Path):
    server = EmbeddedRedis(tmp_path / "redis")
    server.start()
    yield server
    server.stop()


def test_postgres_keeps_what_was_committed_when_it_is_killed(postgres: EmbeddedPostgres) -> None:
    url = postgres.url
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (number integer)")
    open_session = psycopg.connect(url)
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO kept VALUES (1), (2)")
    assert postgres.process is not None
    postgres.process.send_signal(signal.SIGKILL)
    assert wait_for(lambda: not postgres.is_running())
    postgres.start()
    assert postgres.url == url, "the same address after a restart, so that clients reconnect"
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT sum(number) FROM kept").fetchone() == (3,)
    open_session.close()


def test_postgres_listens_on_loopback_with_passwords_and_its_secrets_are_private(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        listen = connection.execute("SHOW listen_addresses").fetchone()
        rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        durable = connection.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
        ).fetchone()
    assert listen == ("127.0.0.1",)
    assert rules == [("scram-sha-256",)]
    assert durable == ("on", "on")
    assert (postgres.folder / "password").stat().st_mode & 0o077 == 0
    assert postgres.data.stat().st_mode & 0o077 == 0


def test_postgres_starts_over_a_lock_left_by_a_process_that_is_no_postgres(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    assert server.process is not None
    lock = (server.data / "postmaster.pid").read_text()
    server.process.send_signal(signal.SIGKILL)
    assert wait_for(lambda: not server.is_running())
    other = subprocess.Popen(["sleep", "60"])
    try:
        (server.data / "postmaster.pid").write_text(lock.replace(lock.split("\n")[0], str(other.pid), 1))
        server.start()
        assert server.is_running()
    finally:
        other.kill()
        other.wait()
        server.stop()


def test_an_interrupted_initdb_is_begun_again(tmp_path: Path) -> None:
    half_made = tmp_path / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    assert not half_made.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="run as root: this checks how root becomes an ordinary user")
def test_root_without_user_namespaces_still_starts_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works = UnprivilegedPrefix._works
    monkeypatch.setattr(
        UnprivilegedPrefix, "_works", staticmethod(lambda words: words[0] != "unshare" and works(words))
    )
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    assert server.process is not None
    assert psutil.Process(server.process.pid).uids().real == UnprivilegedPrefix.NOBODY
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_redis_keeps_what_was_written_when_it_is_killed(redis_server: EmbeddedRedis) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("kept", "yes")
        assert redis_server.process is not None
        redis_server.process.send_signal(signal.SIGKILL)
        assert wait_for(lambda: not redis_server.is_running())
        redis_server.start()
        assert client.get("kept") == b"yes"
        assert client.config_get("appendfsync") == {"appendfsync": "always"}


def test_redis_asks_for_the_password_and_shows_it_to_nobody(redis_server: EmbeddedRedis) -> None:
    with (
        redis.Redis(port=redis_server.port) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()
    assert redis_server.process is not None
    password = (redis_server.folder / "password").read_text()
    assert password not in " ".join(psutil.Process(redis_server.process.pid).cmdline())


def test_no_server_outlives_a_killed_starter(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    with starter.stdout:
        postgres_url, _redis_url = starter.stdout.readline().split()
    session = psycopg.connect(postgres_url)
    session.execute("CREATE TABLE kept (number integer)")
    session.commit()
    family = psutil.Process(starter.pid).children(recursive=True)
    assert len(family) > 5, "PostgreSQL's own children and Redis"
    starter.kill()
    starter.wait()
    assert wait_for(lambda: all(map(gone, family))), [process for process in family if not gone(process)]
    session.close()
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    server.stop()


def test_the_guard_ends_its_child_when_the_starter_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from deploy.children import start_child;"
        "child = start_child(['sleep', '600'], log=Path(sys.argv[1]), guarded=True);"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "log")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    with starter.stdout:
        guard = psutil.Process(int(starter.stdout.readline()))
    assert wait_for(lambda: bool(guard.children()))
    family = [guard, *guard.children()]
    starter.kill()
    starter.wait()
    assert wait_for(lambda: all(map(gone, family)))


def test_the_guard_passes_signals_and_the_exit_code_on(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7));"
        "print('up', flush=True); time.sleep(60)"
    )
    log = tmp_path / "log"
    child = start_child([sys.executable, "-c", code], log=log, guarded=True)
    assert wait_for(lambda: log.exists() and "up" in log.read_text())
    assert stop_child(child, signal.SIGTERM, 10)
    assert child.returncode == 7


def test_a_child_that_does_not_obey_is_killed_with_its_children(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = (
        "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "subprocess.Popen(['sleep', '600']); print('up', flush=True); time.sleep(600)"
    )
    child = start_child([sys.executable, "-c", code], log=log)
    assert wait_for(lambda: log.exists() and "up" in log.read_text())
    family = [psutil.Process(child.pid), *psutil.Process(child.pid).children()]
    assert not stop_child(child, signal.SIGTERM, 0.3)
    assert wait_for(lambda: all(map(gone, family)))


def test_a_missing_binary_is_one_line_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartFailure, match=r"redis-server is missing: install Redis .* REDIS_URL"):
        find_redis_server()
    with pytest.raises(StartFailure, match=r"binaries are missing: run `make setup` .* DATABASE_URL"):
        EmbeddedPostgres(tmp_path)


def test_a_preferred_port_is_taken_when_it_is_free_and_left_when_it_is_not(redis_server: EmbeddedRedis) -> None:
    assert free_port(redis_server.port) != redis_server.port
    free = free_port()
    assert free_port(free) == free


def test_a_port_that_was_picked_is_not_picked_by_another() -> None:
    with held_port() as first:
        port = first.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port
