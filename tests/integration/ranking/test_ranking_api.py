"""Scoring's JSON apps with real tokens on a real database."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.events import FeedPageSchema
from tests.integration.ranking.conftest import (
    ADMINISTRATOR,
    COUNCIL_MEMBER,
    CYCLE,
    LEAD,
    NOBODY,
    Applications,
    leader,
)

ROOT = Path(__file__).resolve().parents[3]
BASE = f"/v1/cycles/{CYCLE}"


def post(apps: Applications, path: str, actor: Any, body: Any = None) -> Any:
    return apps.scoring.test_client().post(path, json=body if body is not None else {}, headers=apps.headers(actor))


def get(apps: Applications, path: str, actor: Any = None, **headers: str) -> Any:
    return apps.scoring.test_client().get(path, headers=apps.headers(actor) | headers)


@pytest.fixture
def published(apps: Applications) -> Applications:
    assert post(apps, f"{BASE}/editions", LEAD, {"audience": "public"}).status_code == 201
    act = {"record_number": "12/QĐ-HĐTĐKT", "decided_on": "2026-03-01"}
    answer = post(apps, f"{BASE}/editions/public/1/publication", COUNCIL_MEMBER, act)
    assert answer.status_code == 201, answer.json
    assert answer.json["publication"]["record_number"] == "12/QĐ-HĐTĐKT"
    return apps


def test_cycles_and_their_readiness(shared_apps: Applications) -> None:
    listed = get(shared_apps, "/v1/cycles", LEAD).json["cycles"]
    assert [cycle["cycle"] for cycle in listed] == [CYCLE]
    shown = get(shared_apps, BASE, LEAD).json
    assert (shown["synthetic"], shown["notice"]["en"]) == (True, "Invented figures for trials.")
    north = shown["clusters"][0]
    assert (north["cluster"], north["ready"], north["changed_since"]) == ("BAC", True, False)
    assert north["sheet"]["version"] == 1
    assert "frozen_by" not in north["sheet"]


def test_a_freeze_that_is_refused_lists_why(apps: Applications) -> None:
    apps.world.send("HP", "BAC", number=2)
    apps.world.drain()
    answer = post(apps, f"{BASE}/clusters/BAC/freeze", LEAD, {"reason": "again"})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.json["type"] == "urn:cong-tam:cluster-not-ready"
    assert [fault["path"] for fault in answer.json["faults"]] == ["HP"]
    assert answer.json["detail"].startswith("Chưa thể chốt điểm")
    english = apps.scoring.test_client().post(
        f"{BASE}/clusters/BAC/freeze", json={}, headers=apps.headers(LEAD) | {"Accept-Language": "en"}
    )
    assert english.json["detail"].startswith("The scores cannot be frozen yet")


def test_standings_show_every_part_with_its_origin(shared_apps: Applications) -> None:
    answer = get(shared_apps, f"{BASE}/clusters/BAC/standings", leader("HN")).json
    first = answer["standings"][0]
    assert (first["unit"], first["rank"], first["total"], first["share_verified"]) == ("HN", 1, "88.00", 1.0)
    assert {part["criterion"]: part["points"] for part in first["parts"]} == {"E01": 54.0, "S01": 24.0, "S02": 10.0}
    assert get(shared_apps, f"{BASE}/clusters/BAC/standings", leader("CT")).status_code == 404


def test_the_edition_is_served_to_the_byte_and_not_twice(published: Applications) -> None:
    path = f"{BASE}/editions/public/1"
    answer = get(published, path)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    stored = published.world.editions.edition(LEAD, CYCLE, "public", 1)[1]
    assert answer.data == stored
    again = get(published, path, **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert get(published, path, **{"If-None-Match": '"another"'}).status_code == 200
    assert get(published, path + ".json").data == stored


def test_the_edition_as_rows(published: Applications) -> None:
    answer = get(published, f"{BASE}/editions/public/1/csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 9
    assert {row["data"] for row in rows} == {"synthetic"}
    best = rows[0]
    assert list(best)[11:] == ["group:I", "group:II", "E01", "S01", "S02"]
    assert (best["unit"], best["rank"], best["total"], best["E01"], best["group:II"]) == (
        *("HN", "1", "88.00", "54.00", "34.00"),
    )
    assert best["title_vi"] == "Tỉnh HN"
    assert (
        get(published, f"{BASE}/editions/public/1/csv", **{"If-None-Match": answer.headers["ETag"]}).status_code == 304
    )


def test_anybody_checks_the_edition_with_the_command_of_the_page(published: Applications, tmp_path: Path) -> None:
    (tmp_path / "edition.json").write_bytes(get(published, f"{BASE}/editions/public/1").data)
    (tmp_path / "keys.json").write_bytes(get(published, "/v1/keys").data)
    command = [sys.executable, "-m", "services.ranking", "check-edition", str(tmp_path / "edition.json")]
    done = subprocess.run(
        [*command, "--public-key", str(tmp_path / "keys.json")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "edition.json").read_text())
    document["inputs"]["points"][0]["points"]["E01"] = "60"
    (tmp_path / "edition.json").write_text(json.dumps(document))
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 1


def test_unpublished_editions_are_hidden_from_strangers(apps: Applications) -> None:
    post(apps, f"{BASE}/editions", LEAD, {"audience": "public"})
    for actor in (None, NOBODY):
        assert get(apps, f"{BASE}/editions/public/1", actor).status_code == 404
        assert get(apps, f"{BASE}/editions", actor).status_code == 404
    answer = get(apps, f"{BASE}/editions/public/1", LEAD)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("editions", {"audience": "everybody"}),
        ("editions", {}),
        ("editions", {"audience": "public", "reason": "  "}),
        ("editions", {"audience": "public", "unknown": 1}),
        ("clusters/BAC/freeze", {"absent": "HN"}),
        ("clusters/BAC/freeze", {"reason": "x" * 2001}),
        ("clusters/BAC/freeze", {"reason": "a\x00b"}),
        ("clusters/BAC/freeze", [1]),
        ("editions/public/1/publication", {"record_number": "1", "decided_on": "yesterday"}),
        ("editions/public/1/publication", {"record_number": " ", "decided_on": "2026-03-01"}),
    ],
)
def test_bad_bodies_are_refused_and_change_nothing(shared_apps: Applications, path: str, body: Any) -> None:
    before = shared_apps.world.fingerprint()
    answer = post(shared_apps, f"{BASE}/{path}", ADMINISTRATOR, body)
    assert answer.status_code == 422, answer.json
    assert answer.mimetype == "application/problem+json"
    assert shared_apps.world.fingerprint() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/cycles/none", 404),
        ("/v1/cycles/none/editions", 404),
        (f"{BASE}/clusters/NONE/standings", 404),
        (f"{BASE}/editions/public/7", 404),
        (f"{BASE}/editions/family/1", 404),
        (f"{BASE}/editions/public/0", 404),
        (f"{BASE}/editions/public/99999999999999999999", 404),
        ("/v1/cycles/%00", 404),
    ],
)
def test_what_is_not_there(shared_apps: Applications, path: str, status: int) -> None:
    assert get(shared_apps, path, LEAD).status_code == status


def test_strangers_are_asked_to_sign_in_and_others_are_turned_away(shared_apps: Applications) -> None:
    assert get(shared_apps, "/v1/cycles").status_code == 401
    assert get(shared_apps, BASE, NOBODY).status_code == 404
    assert post(shared_apps, f"{BASE}/clusters/BAC/freeze", COUNCIL_MEMBER).status_code == 403
    assert post(shared_apps, f"{BASE}/editions", leader("HN"), {"audience": "public"}).status_code == 403
    assert shared_apps.scoring.test_client().post(f"{BASE}/editions", json={"audience": "public"}).status_code == 401


def test_the_feed_is_for_services(published: Applications) -> None:
    page = get(published, "/v1/events", None, **published.service("verify")).json
    FeedPageSchema().load(page)
    types = [event["type"] for event in page["events"]]
    assert types == ["cluster_frozen", "cluster_frozen", "edition_issued", "edition_published"]
    assert get(published, "/v1/events", ADMINISTRATOR).status_code == 403
    assert get(published, "/v1/events").status_code == 401


def test_an_ended_sign_in_opens_nothing(apps: Applications) -> None:
    token = apps.headers(LEAD)
    assert apps.scoring.test_client().get("/v1/cycles", headers=token).status_code == 200
    apps.world.clock.forward(seconds=1)
    now = apps.world.clock.now().isoformat()
    apps.world.intake.publish("sessions_revoked", "account:lead", {"account": LEAD.account, "before": now})
    apps.world.drain()
    answer = apps.scoring.test_client().get("/v1/cycles", headers=token)
    assert (answer.status_code, answer.json["type"]) == (401, "urn:cong-tam:token-revoked")


def test_health_names_migration_and_feeds(shared_apps: Applications) -> None:
    for application in (shared_apps.scoring, shared_apps.voting):
        answer = application.test_client().get("/health/ready")
        assert (answer.status_code, answer.json["checks"]["database"]["migration"]) == (200, "0002")
    readers = shared_apps.scoring.test_client().get("/health/ready").json["checks"]["feeds"]["readers"]
    assert {reader["reader"] for reader in readers} == {"intake", "verify"}


def test_keys_of_editions_and_of_tokens_are_published_apart(shared_apps: Applications) -> None:
    edition_key = get(shared_apps, "/v1/keys").json["keys"][0]["kid"]
    token_key = get(shared_apps, "/.well-known/jwks.json").json["keys"][0]["kid"]
    assert edition_key == shared_apps.world.edition_key.public.key_id != token_key
