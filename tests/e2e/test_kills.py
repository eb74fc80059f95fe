"""kill -9 of any process in the middle of a cycle: it completes, nothing is missing or doubled, the result is equal."""

import contextlib
import dataclasses
import json
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from deploy.processes import PROCESSES
from shared.contracts.sentences import Sentence
from tests.e2e.opened import OpenCycle
from tests.played import PlayedSuite
from tests.suite import Suite, wait_for

pytestmark = pytest.mark.timeout(600)
WHOLE, BEHIND = pytest.mark.whole, ("verify-worker", "verify", "beat")

# After which step of the story who is killed, at once and without waiting for their return.
KILLS = {
    "Registered": ("postgres", "intake"),
    "Opened the cycle": ("verify-worker",),
    "Source": ("redis", "beat"),
    "95 units sent": ("intake-worker", "gateway"),
    "Closed intake": ("verify-worker", "postgres"),
    "Screened": ("verify",),
    "The lead reviewer": ("ranking-worker", "redis"),
    "Froze": ("ranking", "postgres"),
}
# Role and question: what a cycle left behind, in every table that something could be lost from or doubled in.
LEFT_BEHIND = {
    "submissions": (
        "intake_owner",
        "SELECT count(*), count(DISTINCT unit) FROM submission JOIN assessment ON assessment.id = assessment_id"
        " JOIN cycle ON cycle.id = cycle_id WHERE cycle.code = %s",
    ),
    "submissions read": ("verify_owner", "SELECT count(*), count(DISTINCT unit) FROM submission WHERE cycle = %s"),
    # Which items are drawn at random is another draw in every cycle: that they were looked at changes nothing else.
    "items": (
        "verify_owner",
        "SELECT unit, criterion, cohort, flagged, codes, suspicion, state,"
        " CASE WHEN audit AND basis = 'decision' THEN 'source' ELSE basis END, value, points FROM review_item"
        " WHERE cycle = %s ORDER BY unit, criterion",
    ),
    "draws": (
        "verify_owner",
        "SELECT unit, population, cardinality(drawn) FROM audit_draw WHERE cycle = %s ORDER BY 1",
    ),
    "decisions": (
        "verify_owner",
        "SELECT count(*), count(DISTINCT (unit, criterion)) FROM decision"
        " JOIN review_item USING (cycle, unit, criterion) WHERE cycle = %s AND NOT audit",
    ),
    "sheets": ("ranking_owner", "SELECT count(*), count(DISTINCT cluster) FROM scoring.score_sheet WHERE cycle = %s"),
    "editions": ("ranking_owner", "SELECT count(*) FROM scoring.edition WHERE cycle = %s"),
}
FEEDS = {"intake_owner": "outbox_event", "verify_owner": "outbox_event", "ranking_owner": "scoring.outbox_event"}
WORK = {"verify_owner": "work"}


@pytest.fixture(autouse=True)
def everybody_is_back(played: PlayedSuite) -> Iterator[None]:
    """Leave the suite as other tests expect it: everything runs and answers again."""
    yield
    for name in (*(process.name for process in PROCESSES), "postgres", "redis"):
        assert wait_for(partial(played.suite.runs, name), 90), f"{name} is not back"


class Killer:
    """Hears the story's steps and kills; while the units send, it also kills PostgreSQL in the midst of them."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self.killed: list[str] = []

    def hear(self, told: Sentence) -> None:
        for step, names in KILLS.items():
            if str(told).startswith(step):
                for name in names:
                    self.kill(name)
        if str(told).startswith("Source"):
            threading.Timer(0.7, self.kill, ("postgres",)).start()
            threading.Timer(1.5, self.kill, ("intake",)).start()

    def kill(self, name: str) -> None:
        with contextlib.suppress(ProcessLookupError):  # dead already, and not back yet
            self.suite.kill(name, wait=False)
            self.killed.append(name)


@pytest.fixture(scope="module")
def open_cycle(played: PlayedSuite) -> OpenCycle:
    return OpenCycle(played, "ihr-2018-open")


@pytest.mark.whole
def test_a_cycle_survives_kills_and_comes_to_the_same_result(played: PlayedSuite) -> None:
    killer = Killer(played.suite)
    cycle = dataclasses.replace(played.cycle, code="ihr-2018-kills")
    told_before = len(played.told)
    result = played.play(cycle, hear=killer.hear)
    assert len(played.told) > told_before
    assert {"postgres", "redis", "verify-worker"} <= set(killer.killed)
    calm, stormy = json.loads(played.result.edition), json.loads(result.edition)
    assert stormy["ranking"]["inputs_sha256"] == calm["ranking"]["inputs_sha256"]
    assert stormy["ranking"]["clusters"] == calm["ranking"]["clusters"]
    for what, (role, question) in LEFT_BEHIND.items():
        without_kills, with_kills = (
            played.suite.query(role, question, code) for code in (played.cycle.code, cycle.code)
        )
        assert without_kills == with_kills, what


@pytest.mark.whole
def test_no_event_is_doubled_and_no_work_was_given_up(played: PlayedSuite) -> None:
    for role, table in FEEDS.items():
        doubled = played.suite.query(
            role, f"SELECT subject, subject_version FROM {table} GROUP BY 1, 2 HAVING count(*) > 1"
        )
        assert doubled == [], role
    for role, table in WORK.items():
        assert played.suite.query(role, f"SELECT kind, key, error FROM {table} WHERE state = 'failed'") == [], role


@pytest.mark.parametrize("down", ["redis", *(pytest.param(name, marks=WHOLE) for name in BEHIND)])
def test_a_receipt_needs_nothing_behind_intake(open_cycle: OpenCycle, down: str) -> None:
    """Neither the queue nor a worker nor another service stands between a unit and its receipt."""
    unit = open_cycle.next_unit()
    open_cycle.leader(unit).token()
    open_cycle.suite.kill(down, wait=False)
    begun = time.monotonic()
    receipt = open_cycle.send(unit)
    assert receipt["number"] == 1
    assert time.monotonic() - begun < 10
