"""The JSON API with real tokens."""

import json
from typing import Any

import pytest

from services.intake.store import SqlStore
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    FRAMEWORK,
    PDF,
    administrator,
    an_open_cycle,
    contributor,
    leader,
    officer,
    person,
    reviewer,
    verify_service,
)
from tests.integration.intake.web import Web, multipart

UNIT = f"/v1/cycles/{CYCLE}/units/HN"
SINCE = {"valid_from": "2020-01-01"}


def prepared(web: Web) -> None:
    """A council with an open cycle, made over the API."""
    admin = web.api(administrator())
    title = {"vi": "Hội đồng TĐKT Trung ương", "en": "Central Council"}
    assert admin.post("/v1/councils", json={"council": COUNCIL, "title": title}).status_code == 200
    units = [{"unit": code, "title": {"vi": f"Tỉnh {code}"}, **SINCE} for code in ("HN", "HP")]
    lists: dict[str, list[dict[str, Any]]] = {
        "units": units,
        "clusters": [{"cluster": "K1", "title": {"vi": "Cụm 1"}, **SINCE}],
        "memberships": [{"unit": code, "cluster": "K1", **SINCE} for code in ("HN", "HP")],
        "headships": [{"unit": "HN", "cluster": "K1", "position": "head", **SINCE}],
    }
    for kind, rows in lists.items():
        answer = admin.post(f"/v1/councils/{COUNCIL}/{kind}", json={kind: rows})
        assert (answer.status_code, answer.json) == (200, {"added": len(rows), "changed": 0, "unchanged": 0})
        listed = admin.get(f"/v1/councils/{COUNCIL}/{kind}").json[kind]
        assert admin.post(f"/v1/councils/{COUNCIL}/{kind}", json={kind: listed}).json["unchanged"] == len(rows)
    cycle = {
        "cycle": CYCLE,
        "council": COUNCIL,
        "title": {"vi": "Thi đua 2026"},
        "period": "2026",
        "period_kind": "year",
        "deadline_on": "2026-12-20",
        "framework": FRAMEWORK,
    }
    assert admin.post("/v1/cycles", json=cycle).status_code == 201
    assert admin.post("/v1/cycles", json=cycle).status_code == 200
    opened = admin.post(f"/v1/cycles/{CYCLE}/open")
    assert (opened.status_code, opened.json["state"], opened.json["deadline_at"]) == (
        200,
        "open",
        "2026-12-20T17:00:00+00:00",
    )


def test_from_the_directory_to_a_receipt(web: Web) -> None:
    prepared(web)
    lan, ky = web.api(officer()), web.api(leader())
    first = lan.get(f"{UNIT}/draft")
    assert (first.status_code, first.headers["ETag"], first.json["items"]) == (200, '"0"', [])

    saved = lan.put(
        f"{UNIT}/draft",
        json={"items": [{"criterion": "C1", "value": 5.1, "self_points": 20}]},
        headers={"If-Match": '"0"'},
    )
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"1"')
    assert saved.json["items"][0]["saved_by"] == "Nguyễn Thị Lan"

    document = {"criterion": "C1", "document_number": "12/BC-CTK", "issued_on": "2026-11-01"}
    uploaded = lan.post(f"{UNIT}/evidence", **multipart(("../../Báo cáo.pdf", PDF), **document))
    assert (uploaded.status_code, uploaded.json["label"]) == (201, "Báo cáo.pdf")

    assert ky.post(f"{UNIT}/submissions", headers={"If-Match": '"1"'}).status_code == 412
    receipt = ky.post(f"{UNIT}/submissions", headers={"If-Match": '"2"'})
    assert (receipt.status_code, receipt.json["number"], receipt.json["late"]) == (201, 1, False)
    assert ky.post(f"{UNIT}/submissions", headers={"If-Match": '"2"'}).status_code == 200

    checker = web.api(reviewer())
    assert [one["number"] for one in checker.get(f"{UNIT}/submissions").json["submissions"]] == [1]
    sent = checker.get(f"{UNIT}/submissions/1").json
    assert sent["receipt"] == receipt.json == checker.get(f"{UNIT}/submissions/1/receipt").json
    assert sent["content"]["items"][0]["evidence"][0]["sha256"] == uploaded.json["sha256"]

    feed = web.api(verify_service()).get("/v1/events").json
    assert [event["type"] for event in feed["events"]] == ["cycle_recorded", "submission_sent"]
    assert feed["events"][1]["data"]["content_sha256"] == receipt.json["content_sha256"]


def test_the_hash_can_be_computed_by_anybody(web: Web, intake: SqlStore) -> None:
    import hashlib

    import rfc8785

    an_open_cycle(intake)
    items = [
        {"criterion": "C1", "value": 1e15, "self_points": 0.1},
        {"criterion": "C2", "value": 3.0, "note": "ghi chú ừ"},
    ]
    receipt = web.api(leader()).post(f"{UNIT}/submissions", json={"items": items}).json
    content = json.loads(web.api(leader()).get(f"{UNIT}/submissions/1").get_data(as_text=True))["content"]
    assert hashlib.sha256(rfc8785.dumps(content)).hexdigest() == receipt["content_sha256"]


def test_a_download_is_an_attachment_in_a_sandbox(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan = web.api(officer())
    sha = lan.post(f"{UNIT}/evidence", **multipart(("a.pdf", PDF))).json["sha256"]
    answer = lan.get(f"{UNIT}/evidence/{sha}")
    assert (answer.status_code, answer.data) == (200, PDF)
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert web.api(officer("HP")).get(f"{UNIT}/evidence/{sha}").status_code == 403
    assert lan.get(f"{UNIT}/evidence/{'0' * 64}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "places"),
    [
        ('{"items": [{"criterion": "C1", "value": NaN}]}', 422, ["value"]),
        ('{"items": [{"criterion": "C1", "value": 1e400}]}', 422, ["value"]),
        ('{"items": [{"criterion": "C1", "value": "5"}]}', 422, ["value"]),
        ('{"items": [{"criterion": "C1", "value": 1e16}]}', 422, ["value"]),
        ('{"items": [{"criterion": "C2", "value": 5.7}]}', 422, ["items.0.value"]),
        ('{"items": [{"criterion": "XX", "value": 5}]}', 422, ["items.0.criterion"]),
        ('{"items": [{"criterion": "C1"}, {"criterion": "C1"}]}', 422, ["items.1.criterion"]),
        ('{"items": [{"criterion": "C1", "unexpected": 1}]}', 422, ["unexpected"]),
        ('{"items": [{"criterion": "C1", "note": "a\\u0000b"}]}', 422, ["note"]),
        ('{"items": [{"criterion": "C1", "note": "\\ud800"}]}', 422, ["note"]),
        ('{"items": 7}', 422, ["items"]),
        ('{"items": [', 400, []),
        ("\xff\xfe", 400, []),
        ("[]", 422, []),
    ],
)
def test_bad_input_is_located_and_changes_nothing(
    web: Web, intake: SqlStore, body: str, status: int, places: list[str]
) -> None:
    an_open_cycle(intake)
    lan, ky = web.api(officer()), web.api(leader())
    raw = body.encode("latin-1") if "\xff" in body else body.encode()
    for answer in (
        lan.put(f"{UNIT}/draft", data=raw, content_type="application/json", headers={"If-Match": '"0"'}),
        ky.post(f"{UNIT}/submissions", data=raw, content_type="application/json"),
    ):
        assert answer.status_code == status, answer.get_data(as_text=True)
        assert answer.mimetype == "application/problem+json"
        assert all(place in answer.get_data(as_text=True) for place in places)
    draft = lan.get(f"{UNIT}/draft").json
    assert (draft["version"], draft["submissions"]) == (0, 0)


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"\x00" * (10 * 1024 * 1024 + 1), "a.pdf", 413),
        (PDF + b"\x00" * (10 * 1024 * 1024), "a.pdf", 413),
        (b"", "a.pdf", 415),
        (PDF, "a.png", 415),
        (PDF, "", 415),
        (b"<html><script>alert(1)</script>", "a.pdf", 415),
        (b"MZ\x90\x00" + b"\x00" * 100, "a.pdf", 415),
        (b"PK\x03\x04garbage", "a.docx", 415),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.docx", 415),
    ],
)
def test_files_that_are_not_taken(web: Web, intake: SqlStore, content: bytes, name: str, status: int) -> None:
    an_open_cycle(intake)
    lan = web.api(officer())
    answer = lan.post(f"{UNIT}/evidence", **multipart((name, content), criterion="C1"))
    if name:
        assert answer.status_code == status, answer.get_data(as_text=True)
    else:
        assert answer.status_code in (415, 422)
    assert lan.get(f"{UNIT}/draft").json["version"] == 0
    assert [path for path in (web.folder / "evidence").rglob("*") if path.is_file()] == []


def test_a_body_over_the_limit_is_refused(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    note = "x" * (2 * 1024 * 1024)
    answer = web.api(officer()).put(
        f"{UNIT}/draft", json={"items": [{"criterion": "C1", "note": note}]}, headers={"If-Match": '"0"'}
    )
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    huge = multipart(("a.pdf", b"x" * 11_000_000))
    assert web.api(officer()).post(f"{UNIT}/evidence", **huge).status_code == 413


@pytest.mark.parametrize("version", ["", "1", 'W/"1"', "*", '"x"', '"-1"', '"99999999999999999999"'])
def test_a_save_without_a_version_is_refused(web: Web, intake: SqlStore, version: str) -> None:
    an_open_cycle(intake)
    headers = {"If-Match": version} if version else {}
    answer = web.api(officer()).put(f"{UNIT}/draft", json={"items": []}, headers=headers)
    assert answer.status_code == 422
    assert "If-Match" in answer.get_data(as_text=True)


def test_an_item_alone_is_saved_and_two_officers_are_told_apart(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan, minh = web.api(officer(account="a")), web.api(officer(account="b", name="Minh"))
    seen = {"If-Match": '"0"'}
    assert lan.put(f"{UNIT}/draft/items/C1", json={"value": 5.1}, headers=seen).status_code == 200
    assert minh.put(f"{UNIT}/draft/items/C2", json={"value": 2}, headers=seen).headers["ETag"] == '"2"'
    clash = minh.put(f"{UNIT}/draft/items/C1", json={"value": 6}, headers={**seen, "Accept-Language": "vi"})
    assert (clash.status_code, clash.json["type"]) == (412, "urn:cong-tam:draft-changed")
    assert clash.json["faults"][0]["path"] == "items.C1"
    assert "5,1" in clash.json["faults"][0]["detail"]
    unknown = lan.put(f"{UNIT}/draft/items/C77", json={"value": 1}, headers=seen)
    assert unknown.status_code == 422


def test_detaching_over_the_api(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan = web.api(officer())
    entry = lan.post(f"{UNIT}/evidence", **multipart(document_number="7/QĐ", criterion="C2")).json["evidence"]
    assert lan.call("DELETE", f"{UNIT}/draft/evidence/{entry}").status_code == 204
    assert lan.call("DELETE", f"{UNIT}/draft/evidence/{entry}").status_code == 404


def test_who_gets_in_where(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    stranger = person(account="nobody")
    for path, actor, status in (
        (f"{UNIT}/draft", officer(), 200),
        (f"{UNIT}/draft", contributor("C1"), 200),
        (f"{UNIT}/draft", administrator(), 200),
        (f"{UNIT}/draft", officer("HP"), 403),
        (f"{UNIT}/draft", reviewer(), 403),
        (f"{UNIT}/draft", administrator("ha-noi"), 404),
        (f"{UNIT}/submissions", reviewer(), 200),
        (f"{UNIT}/submissions", reviewer(units=("HP",)), 403),
        (f"{UNIT}/submissions", verify_service(), 200),
        (f"{UNIT}/submissions", stranger, 403),
        (f"/v1/cycles/{CYCLE}", verify_service(), 200),
        (f"/v1/cycles/{CYCLE}", stranger, 404),
        ("/v1/events", verify_service(), 200),
        ("/v1/events", administrator(), 403),
    ):
        assert web.api(actor).get(path).status_code == status, (path, actor)
    assert web.app.test_client().get(f"{UNIT}/draft").status_code == 401
    assert len(web.api(administrator()).get(f"/v1/cycles/{CYCLE}").json["standings"]) == 3
    assert len(web.api(officer()).get(f"/v1/cycles/{CYCLE}").json["standings"]) == 1


def test_after_the_close_nothing_is_taken(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    assert web.api(officer()).post(f"/v1/cycles/{CYCLE}/close-intake").status_code == 403
    assert web.api(administrator()).post(f"/v1/cycles/{CYCLE}/close-intake").json["state"] == "intake_closed"
    assert web.api(administrator()).post(f"/v1/cycles/{CYCLE}/close-intake").status_code == 409
    answer = web.api(leader()).post(f"{UNIT}/submissions", json={"items": [{"criterion": "C1", "value": 1}]})
    assert (answer.status_code, answer.json["type"]) == (409, "urn:cong-tam:intake-closed")


@pytest.mark.parametrize(
    "path", ["/v1/cycles/a%00b", "/v1/cycles/UPPER", "/v1/cycles/x/units/%E1%BA%A1/draft", "/v1/cycles/" + "a" * 64]
)
def test_odd_addresses_are_no_addresses(web: Web, path: str) -> None:
    answer = web.api(administrator()).get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_health_and_keys_are_open(web: Web) -> None:
    client = web.app.test_client()
    checks = client.get("/health/ready").json["checks"]
    assert {name: check["ok"] for name, check in checks.items()} == {
        "database": True,
        "evidence": True,
        "feeds": True,
        "mail": True,
    }
    assert client.get("/.well-known/jwks.json").json["keys"][0]["crv"] == "Ed25519"
    assert client.get("/openapi.json").status_code == 200
