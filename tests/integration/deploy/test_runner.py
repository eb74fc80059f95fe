"""The runner with a table of throw-away processes on real servers: ready, restarted, stopped, and no orphan ever."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
import requests

from deploy.embedded import EmbeddedPostgres, EmbeddedRedis
from deploy.processes import SERVICE_SETTINGS
from deploy.state import State
from tests.integration.deploy.throwaway_suite import HERE, ThrowawaySuite, administrator_url
from tests.suite import family_of, gone, wait_for


def restarted(suite: ThrowawaySuite, name: str, before: int | None) -> bool:
    return wait_for(lambda: suite.pid(name) not in (None, before), 30)


def write(suite: ThrowawaySuite) -> bool:
    try:
        return requests.post(f"{suite.address}/intake/write", timeout=10).status_code == 200
    except requests.RequestException:
        return False


def rows(suite: ThrowawaySuite) -> int:
    return int(requests.get(f"{suite.address}/intake/rows", timeout=10).json()["rows"])


def test_everybody_is_behind_one_address_under_its_own_role(suite: ThrowawaySuite) -> None:
    roles = {
        name: requests.get(f"{suite.address}/{name}/", timeout=10).json()["role"]
        for name in ("intake", "verify", "ranking", "ballot")
    }
    assert roles == {
        "intake": "intake",
        "verify": "verify",
        "ranking": "ranking_scoring",
        "ballot": "ranking_voting",
    }


def test_a_process_gets_the_settings_of_its_row_and_no_others(suite: ThrowawaySuite) -> None:
    given = requests.get(f"{suite.address}/intake/", timeout=10).json()["settings"]
    assert set(SERVICE_SETTINGS) <= set(given)
    assert not {"EVIDENCE_DIR", "EDITION_KEY_FILE", "BOX_KEY_DIR", "MIGRATION_DATABASE_URL"} & set(given)


def test_nothing_listens_beyond_loopback(suite: ThrowawaySuite) -> None:
    listening = [
        connection.laddr.ip
        for process in suite.family()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 7
    assert set(listening) == {"127.0.0.1"}


def test_secrets_are_their_owners_only(suite: ThrowawaySuite) -> None:
    files = [path for path in suite.state.secrets.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"intake.pem", "edition.pem", "databases.json", "trusted_keys.json"}
    assert [path.name for path in (*files, suite.state.folder) if path.stat().st_mode & 0o077] == []
    trusted = json.loads(suite.state.trusted_keys.read_text())
    assert set(trusted) == {"intake", "verify", "ranking", "ballot"}
    assert "d" not in trusted["intake"]["keys"][0]


def test_beat_wakes_the_worker(suite: ThrowawaySuite) -> None:
    password = (suite.state.redis / "password").read_text()
    with redis.Redis(port=suite.said("servers")["redis"]["port"], password=password) as client:
        assert wait_for(lambda: int(client.get("tasks") or 0) >= 1, 60)


def test_a_second_runner_on_the_folder_is_refused_in_one_line(suite: ThrowawaySuite) -> None:
    second = subprocess.run(
        [sys.executable, str(HERE / "throwaway.py"), str(suite.state.folder)],
        capture_output=True,
        text=True,
        env=suite.environment,
        check=False,
    )
    assert second.returncode == 1
    assert f"already in use (process {suite.process.pid})" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert suite.said("ready") is True


@pytest.mark.parametrize("name", ["intake", "verify-worker", "beat", "gateway", "redis", "postgres"])
def test_whoever_is_killed_comes_back_and_no_row_is_lost(suite: ThrowawaySuite, name: str) -> None:
    kept = rows(suite)
    assert write(suite)
    before = suite.pid(name)
    assert before is not None
    children = family_of(before)
    os.kill(before, signal.SIGKILL)
    assert restarted(suite, name, before)
    assert wait_for(partial(write, suite), 30)
    assert wait_for(lambda: all(map(gone, children))), "what a killed process started must not live on"
    assert rows(suite) >= kept + 2
    if name == "verify-worker":
        worker = psutil.Process(suite.pid(name))
        assert wait_for(lambda: len(worker.children()) == 2, 20)


def test_status_says_who_runs(suite: ThrowawaySuite) -> None:
    asked = [sys.executable, "-m", "deploy", "status", "--folder", str(suite.state.folder)]
    assert wait_for(lambda: subprocess.run(asked, capture_output=True, check=False).returncode == 0, 30)
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert f"{suite.address}/  ready" in lines
    assert "DEAD" not in lines
    for name in ("postgres", "redis", "ballot", "gateway", "verify-worker", "beat"):
        assert f"  {name}" in lines


@pytest.mark.whole
@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_runner_and_the_next_run_has_the_data(tmp_path: Path, stop_signal: signal.Signals) -> None:
    suite = ThrowawaySuite(tmp_path / "state")
    suite.start()
    address = suite.address
    with psycopg.connect(administrator_url(suite)) as connection:
        connection.execute("SET ROLE intake_owner")
        connection.execute("CREATE TABLE kept (number integer GENERATED ALWAYS AS IDENTITY)")
        connection.execute("GRANT ALL ON kept TO intake")
    assert write(suite)
    family = suite.family()
    assert len(family) >= 20
    suite.process.send_signal(stop_signal)
    suite.process.wait(40)
    assert wait_for(lambda: all(map(gone, family)), 20), [each for each in family if not gone(each)]
    if stop_signal is not signal.SIGKILL:
        assert suite.process.returncode == 0
        assert "Stopped." in suite.output.read_text()
        assert "shut down at" not in (suite.state.postgres / "postgres.log").read_text().split("shutting down")[-1]
    suite.start()
    assert suite.address == address, "the address people know"
    assert rows(suite) == 1
    suite.process.send_signal(signal.SIGTERM)
    assert suite.process.wait(40) == 0


@pytest.mark.whole
def test_given_servers_are_used_instead_of_embedded_ones(tmp_path: Path) -> None:
    postgres, redis_server = EmbeddedPostgres(tmp_path / "postgres"), EmbeddedRedis(tmp_path / "redis")
    postgres.start()
    redis_server.start()
    suite = ThrowawaySuite(tmp_path / "state", DATABASE_URL=postgres.url, REDIS_URL=redis_server.url)
    try:
        suite.start()
        assert suite.said("servers") == {}
        assert requests.get(f"{suite.address}/ballot/", timeout=10).json()["role"] == "ranking_voting"
        suite.process.send_signal(signal.SIGTERM)
        assert suite.process.wait(40) == 0
        assert postgres.is_running()
        assert redis_server.is_running()
    finally:
        suite.end()
        postgres.stop()
        redis_server.stop()


def test_a_taken_port_is_refused_in_one_line_and_nothing_stays(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "deploy", "run", "--folder", str(tmp_path / "state"), "--port", str(port)],
            cwd=HERE.parents[2],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 1
    assert done.stderr == f"deploy: Port {port} is taken: choose another with --port, or none.\n"
    assert not (tmp_path / "state" / "running.json").exists()
    assert not (tmp_path / "state" / "postgres" / "data").exists()


@pytest.mark.whole
def test_a_runner_stopped_while_starting_leaves_nothing(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    runner = subprocess.Popen(
        [sys.executable, str(HERE / "throwaway.py"), str(state.folder)], stdout=subprocess.DEVNULL
    )
    assert wait_for((state.postgres / "data" / "postmaster.pid").exists)
    time.sleep(0.5)
    family = family_of(runner.pid)
    runner.send_signal(signal.SIGINT)
    assert runner.wait(40) == 0
    assert wait_for(lambda: all(map(gone, family)))
