"""The real processes together: ready, hearing each other, back after a kill, restored from a backup."""

import json
from pathlib import Path

import pytest
import requests

from deploy import backup
from deploy.beat import SCHEDULE
from deploy.processes import ISSUERS, PROCESSES, Kind
from shared.plumbing.celery import make_celery
from tests.suite import Suite, wait_for

SERVICES = tuple(process for process in PROCESSES if process.kind is Kind.WEB and process.name != "gateway")
FEEDS = {
    "intake": ("intake_owner", "public"),
    "verify": ("verify_owner", "public"),
    "ranking": ("ranking_owner", "scoring"),
}

pytestmark = pytest.mark.timeout(300)


def ready(suite: Suite, name: str) -> dict[str, object]:
    answer = requests.get(f"{suite.address}/{name}/health/ready", timeout=10)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("name", [process.name for process in SERVICES])
def test_every_service_is_ready_with_its_newest_migration(running_suite: Suite, name: str) -> None:
    said = ready(running_suite, name)
    assert said["ok"] is True
    assert "migration" in json.dumps(said)


def test_keys_are_published_as_they_are_trusted(running_suite: Suite) -> None:
    trusted = json.loads(running_suite.state.trusted_keys.read_text())
    assert set(trusted) == set(ISSUERS)
    published = requests.get(f"{running_suite.address}/intake/.well-known/jwks.json", timeout=10).json()
    assert published["keys"][0]["x"] == trusted["intake"]["keys"][0]["x"]


def test_every_bell_of_the_schedule_is_heard_by_the_worker_of_its_queue(running_suite: Suite) -> None:
    with make_celery("test", running_suite.redis_url) as app:
        registered = app.control.inspect(timeout=10, limit=3).registered()
        queues = app.control.inspect(timeout=10, limit=3).active_queues()
    hears = {queue["name"]: set(registered[node]) for node, known in queues.items() for queue in known}
    assert set(hears) == {"intake", "verify", "ranking"}
    deaf = {task: queue for task, (queue, _seconds) in SCHEDULE.items() if task not in hears.get(queue, set())}
    assert deaf == {}


def test_no_page_of_a_service_is_open_without_sign_in_but_those_meant_to_be(running_suite: Suite) -> None:
    for name in ("intake", "verify", "ranking"):
        events = requests.get(f"{running_suite.address}/{name}/v1/events", timeout=10)
        assert events.status_code in (401, 403), name


def everybody_is_ready(suite: Suite) -> bool:
    return all(suite.is_ready(process.name) for process in PROCESSES)


@pytest.mark.whole
@pytest.mark.parametrize("name", ["postgres", "redis", "verify-worker", "intake"])
def test_whoever_is_killed_is_back_and_everybody_is_ready(running_suite: Suite, name: str) -> None:
    running_suite.kill(name)
    assert wait_for(lambda: everybody_is_ready(running_suite), 90, interval=0.3)


@pytest.mark.whole
def test_all_are_back_when_all_were_killed_at_once(running_suite: Suite) -> None:
    names = [*(process.name for process in PROCESSES), "redis", "postgres"]
    before = {name: running_suite.pid(name) for name in names}
    for name in names:
        running_suite.kill(name, wait=False)
    for name in names:
        running_suite.wait_back(name, before[name])
    assert wait_for(lambda: everybody_is_ready(running_suite), 90, interval=0.3)


@pytest.mark.whole
def test_a_real_suite_is_restored_and_its_feeds_are_new(running_suite: Suite, tmp_path: Path) -> None:
    made = backup.back_up(running_suite.state, tmp_path / "backup", None)
    feeds = {
        name: running_suite.query(role, f"SELECT feed FROM {schema}.feed_identity")
        for name, (role, schema) in FEEDS.items()
    }
    other = Suite(tmp_path / "restored")
    backup.restore(other.state, made, None)
    other.start()
    try:
        for name, (role, schema) in FEEDS.items():
            (feed,) = other.query(role, f"SELECT feed FROM {schema}.feed_identity")
            assert [feed] != feeds[name]
        for process in SERVICES:
            assert ready(other, process.name)["ok"] is True
        assert other.address != running_suite.address
    finally:
        other.stop()
