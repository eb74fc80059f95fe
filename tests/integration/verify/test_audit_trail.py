"""The trail of all steps: it holds, tampering is found, and it begins with what was decided before."""

import subprocess
import sys
import threading

import psycopg
import pytest

from services.verify.__main__ import main
from services.verify.reviews.store.trail import SqlTrail
from tests.commands import run_here
from tests.integration.verify.people import ADMINISTRATOR, LEAD, REVIEWER, Town
from tests.integration.verify.rounds import Round
from tests.integration.verify.steps import (  # noqa: F401
    ITEM,
    SECOND,
    THIRD,
    act,
    clock,
    decide,
    look,
    objects,
    sign,
)
from tests.servers import TestDatabase

# --- the trail ------------------------------------------------------------------------------------------------------


@pytest.fixture
def trodden(review_round: Round) -> Round:
    """A round in which most things have happened."""
    act(review_round, "/claim")
    decide(review_round)
    sign(review_round)
    objects(review_round)
    decide(review_round, THIRD, verdict="stands", reason="Nguồn đúng kỳ.")
    decide(review_round, SECOND, "CC", "C3", verdict="accept")
    return review_round


def report(world: Round) -> tuple[int, int | None, str]:
    with world.database.reader() as connection:
        found = SqlTrail(connection).check("ihr-2018")
    fault = found.fault
    return found.rows, fault.number if fault else None, fault.said.in_language("en") if fault else ""


def test_the_trail_holds_and_says_who_did_what(trodden: Round, fresh: TestDatabase) -> None:
    assert report(trodden) == (7, None, "")
    trail = trodden.town.client(LEAD).get("/v1/cycles/ihr-2018/audit").json
    assert (trail["rows"], trail["fault"]) == (7, None)
    assert [step["action"] for step in reversed(trail["steps"])] == [
        *("trail_begun", "claimed", "proposed", "countersigned", "objected", "decided", "decided"),
    ]
    assert trodden.town.client(ADMINISTRATOR).get("/v1/cycles/ihr-2018/audit").status_code == 200
    assert trodden.town.client(REVIEWER).get("/v1/cycles/ihr-2018/audit").status_code == 403
    page = trodden.town.browser(LEAD).get("/cycles/ihr-2018/audit")
    assert page.status_code == 200
    assert trail["head_sha256"] in page.text
    done = command_process(fresh)
    assert (done.returncode, trail["head_sha256"] in done.stdout) == (0, True)


def command(base: TestDatabase) -> subprocess.CompletedProcess[str]:
    environment = {"DATABASE_URL": base.url, "LC_ALL": "en_GB.UTF-8"}
    return run_here(main, "check-audit", environment=environment)


def command_process(base: TestDatabase) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.verify", "check-audit"],
        env={"DATABASE_URL": base.url, "LANG": "en_GB.UTF-8", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


SWAP = """
    UPDATE audit_step SET number = -3 WHERE number = 3; UPDATE audit_step SET number = 3 WHERE number = 4;
    UPDATE audit_step SET number = 4 WHERE number = -3
"""


@pytest.mark.parametrize(
    ("tampering", "number"),
    [
        ("UPDATE audit_step SET content = replace(content, 'proposed', 'decided_') WHERE number = 3", 3),
        ("UPDATE audit_step SET content = replace(content, 'claimed', 'released'), sha256 = "
         "encode(sha256(convert_to(replace(content, 'claimed', 'released'), 'UTF8')), 'hex') WHERE number = 2", 3),
        ("UPDATE audit_step SET unit = 'BB' WHERE number = 5", 5),
        ("DELETE FROM audit_step WHERE number = 4", 5),
        ("DELETE FROM audit_step WHERE number = 7", 7),
        ("DELETE FROM audit_step WHERE number = 1", 2),
        ("INSERT INTO audit_step SELECT cycle, 8, unit, criterion, content, sha256, sha256 FROM audit_step "
         "WHERE number = 7", 8),
        (SWAP, 3),
        ("UPDATE decision SET value = 95 WHERE criterion = 'C1'", 3),
        ("UPDATE countersignature SET signed_by = 'somebody'", 4),
        ("UPDATE objection SET reason = 'Không có.'", 5),
        ("DELETE FROM objection_answer", 6),
        ("INSERT INTO countersignature SELECT gen_random_uuid(), d.id, true, '', now(), 'x', 'x', 'reviewer' "
         "FROM decision d WHERE d.criterion = 'C3'", None),
    ],
)  # fmt: skip
def test_tampering_is_found_at_its_first_row(
    trodden: Round, fresh: TestDatabase, tampering: str, number: int | None
) -> None:
    with psycopg.connect(fresh.owner_url) as owner:
        owner.execute(tampering)
    _, found, said = report(trodden)
    assert (found, bool(said)) == (number, True)
    done = command(fresh)
    assert (done.returncode, said in done.stderr) == (3, True), done.stderr
    shown = trodden.town.client(LEAD).get("/v1/cycles/ihr-2018/audit").json["fault"]
    assert shown["number"] == number
    assert shown["said"]["vi"] != shown["said"]["en"]


def test_the_application_cannot_tamper(trodden: Round, fresh: TestDatabase) -> None:
    for statement in ("UPDATE audit_step SET unit = ''", "DELETE FROM audit_step", "DELETE FROM audit_head"):
        with psycopg.connect(fresh.url) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(statement)


def test_what_was_decided_before_there_was_a_trail_is_sealed_by_its_first_row(
    review_round: Round, fresh: TestDatabase
) -> None:
    decide(review_round, unit="AA", criterion="C3", verdict="accept")
    with psycopg.connect(fresh.owner_url) as owner:
        owner.execute("DELETE FROM audit_step; DELETE FROM audit_head; UPDATE decision SET decided_as = ''")
    decide(review_round, unit="BB", criterion="C3", verdict="accept")
    assert report(review_round) == (2, None, "")
    with psycopg.connect(fresh.owner_url) as owner:
        owner.execute("UPDATE decision SET value = 95 WHERE unit = 'AA'")
    assert report(review_round)[1] == 1


def test_steps_at_once_make_one_chain(review_round: Round, town: Town) -> None:
    keys = [("AA", "C2"), ("AA", "C3"), ("BB", "C2"), ("BB", "C3"), ("CC", "C2"), ("CC", "C3")]
    versions = {key: look(review_round, *key)["version"] for key in keys}
    start, statuses = threading.Barrier(len(keys)), []

    def claim(key: tuple[str, str]) -> None:
        client = town.client(REVIEWER)
        start.wait()
        statuses.append(client.post(ITEM.format(*key) + "/claim", json={"version": versions[key]}).status_code)

    people = [threading.Thread(target=claim, args=(key,)) for key in keys]
    for one in people:
        one.start()
    for one in people:
        one.join()
    taken = statuses.count(200)
    assert taken >= 1
    assert report(review_round) == (taken + 1, None, "")
