"""Every role at every endpoint, at the own unit and at another one: who is let in, and that nobody else is.

The product's access table says who; the running application is held to it. An endpoint counts as open when it answers
anything but 401 and 403: what is asked for is chosen so that whoever is let in is then refused for another reason (an
old version, a wrong state, nothing there), and no request changes what the next one meets.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import url_for
from flask.testing import FlaskClient

from services.intake.access import ACCESS
from services.intake.administration.actions import create_cycle
from services.intake.assessments.actions import save_items
from services.intake.people import model
from services.intake.store import SqlStore
from services.intake.submissions.actions import submit
from shared.people import UNIT_ROLES, Actor, ActorKind, Grant, Role
from shared.web.browser import TOKEN_COOKIE
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    FRAMEWORK,
    administrator,
    an_open_cycle,
    leader,
    new_cycle,
    officer,
    person,
    said,
    verify_service,
)
from tests.integration.intake.forms import form_token_of
from tests.integration.intake.web import Web, multipart

VERIFY = "verify"
PREPARED = "year-2027"
OWN, OTHER = "HN", "HP"
SHA, IDENTIFIER = "a" * 64, "b" * 32

STALE = {"headers": {"If-Match": '"999999"'}}
ACT = {"document_number": "1/QĐ", "issued_on": "2026-11-05", "reason": "Bão"}
TITLED = {"title": {"vi": "Một tên khác"}}
PAST_DAYS = {
    "reads_from": "2020-01-01",
    "reads_to": "2020-01-02",
    "answers_to": "2020-01-02",
    "quorum": "2/3",
    "quorum_source": "Quy chế",
    "quorum_standing": "regulation",
}
HELD = {
    "held_on": "2026-11-20",
    "place": "Hà Nội",
    "chair_unit": OWN,
    "chair": "Ông A",
    "attendance": [],
    "agreed": False,
}
# What is asked, where asking nothing would not get as far as the permission.
ASKED: dict[str, dict[str, Any]] = {
    "rounds.Round POST": {"json": PAST_DAYS},
    "rounds.Files POST": multipart(("a.pdf", b"no PDF")),
    "rounds.Challenges POST": {"json": {"by_unit": OWN, "reason": "Vì", "document": {}}},
    "rounds.Answer POST": {"json": {"text": "Vì"}},
    "rounds.Withdrawal POST": {"json": {}},
    "rounds.Meetings POST": {"json": HELD},
    "rounds.Versions POST": {"json": {"meeting": HELD, "seen": 1}},
    "rounds.Positions POST": {"json": {"version": 1, "unit": OWN, "kind": "confirm"}},
    "pages.declare_round POST": {"data": PAST_DAYS},
    "pages.challenge POST": {"data": {"by_unit": OWN, "reason": "Vì"}},
    "pages.answer_challenge POST": {"data": {"text": "Vì"}},
    "pages.meeting_position POST": {"data": {"version": "1", "unit": OWN, "kind": "confirm"}},
    "adoption.Proposals POST": {"json": {"framework": dict(FRAMEWORK), "reason": "Như năm trước"}},
    "adoption.Positions POST": {"json": {"unit": OWN, "kind": "approve"}},
    "adoption.Confirmation POST": {"json": {"document_number": "3/QĐ"}},
    "assessments.ContributionSteps POST": {**STALE, "json": {"criteria": ["C1"], "state": "accepted"}},
    "assessments.Contributions PUT": {**STALE, "json": {"assignments": []}},
    "assessments.Dossier PUT": {**STALE, "json": {"signer": "Người khác"}},
    "assessments.Draft PUT": {**STALE, "json": {"items": []}},
    "assessments.Evidence POST": multipart(criterion="C1"),
    "assessments.Item PUT": {**STALE, "json": {"value": 1.5}},
    "assessments.Reception POST": {"json": {"state": "returned"}},
    "assessments.Request PUT": {**STALE, "json": {"explanation": "Vì thế"}},
    "assessments.RequestAnswer POST": STALE,
    "assessments.RequestEvidence POST": multipart(document_number="1/BC"),
    "assessments.Submissions POST": STALE,
    "assessments.Workbook POST": multipart(("a.xlsx", b"PK no")),
    "covenants.Lines PUT": {**STALE, "json": {"lines": []}},
    "covenants.Recognition POST": {"json": {**ACT, "ground": "reassigned"}},
    "covenants.Revisions POST": {"json": {**ACT, "criterion": "C1", "value": 1}},
    "covenants.Signature POST": {**STALE, "json": {}},
    "cycles.Cycles POST": {
        "json": {
            "cycle": PREPARED,
            "council": COUNCIL,
            "period": "2027",
            "period_kind": "year",
            **TITLED,
            "deadline_on": "2027-12-20",
            "framework": dict(FRAMEWORK),
        }
    },
    "cycles.Extensions POST": {"json": {"deadline_on": "2020-01-01", "reason": "Bão"}},
    "directory.Councils POST": {
        "json": {"council": COUNCIL, "title": {"vi": "Hội đồng TĐKT Trung ương", "en": "Central Council"}}
    },
    **{
        f"directory.{kind.capitalize()} POST": {"json": {kind: []}}
        for kind in ("units", "clusters", "memberships", "headships", "successions")
    },
    "inbox.mail POST": {"data": {"address": "", "mode": "none"}},
    "inbox.mark_read POST": {"data": {"number": "1"}},
    "inbox.remind POST": {"data": {"key": "nothing"}},
    "inbox.set_reminders POST": {"data": {"days": "10, 3, 1"}},
    "keeping.Keeping PUT": {"json": {"years": 10, "legal_source": "QĐ 1"}},
    "pages.retention POST": {"data": {"years": "10", "legal_source": "QĐ 1"}},
    "notices.Mail PUT": {"json": {"address": "", "mode": "none"}},
    "notices.Read POST": {"json": {"numbers": [1]}},
    "notices.Remind POST": {"json": {"keys": []}},
    "notices.Remind PUT": {"json": {"days": [10, 3, 1]}},
    "offices.Handovers POST": {
        "json": {"login": "moi", "name": "Người mới", "from_on": "2026-11-01", "document_number": "1/QĐ"}
    },
    "setup.Copies POST": {"json": {"period": "27"}},
    "setup.ShorterCycles PUT": {"json": {"parts": []}},
    "setup.Quotas PUT": {"json": {"quotas": []}},
    "pages.adoption_confirm POST": {"data": {"document_number": "3/QĐ"}},
    "pages.adoption_position POST": {"data": {"unit": OWN, "kind": "approve"}},
    "pages.contribution_step POST": {"data": {"criterion": "C1", "state": "accepted"}},
    "pages.extend POST": {"data": {"deadline_on": "2020-01-01", "reason": "Bão"}},
    "pages.reception POST": {"data": {"state": "returned"}},
    "pages.recognise_revision POST": {"data": {**ACT, "ground": "reassigned"}},
    "pages.revise_target POST": {"data": {**ACT, "criterion": "C1", "revised_value": "1"}},
    "pages.send POST": {"data": {"seen": "999999"}},
    "pages.sign_covenant POST": {"data": {"seen": "999999"}},
    "pages.take_workbook POST": {"data": {"proposal": '{"items": [], "documents": []}'}},
}
# Where the circumstances of this cycle let in others than the table and the unit alone would: at the own unit, and at
# another one. The own unit heads its cluster, which has no deputy; both units are of one cluster, whose members follow
# what is asked about each, and none asks about itself.
OFFICERS, MEMBERS = {str(role) for role in model.OFFICERS}, {str(role) for role in model.MEMBERS}
NO_DEPUTY = {"cluster_deputy"}
HEADS, CONTRIBUTOR = {str(role) for role in model.HEADS}, {"contributor"}
# Once it is signed, everybody reads a covenant.
NOT_SIGNED = {*(str(role) for role in Role), VERIFY} - {str(role) for role in model.WRITERS} - {"administrator"}
NOT_LET_IN: dict[str, set[str]] = {
    "covenants.Covenant GET": NOT_SIGNED,
    "pages.covenant GET": NOT_SIGNED,
    "pages.covenant_paper GET": NOT_SIGNED,
    # Other members read what was sent on the days of the round; contributors have the files that they brought.
    **{f"assessments.{name} GET": HEADS for name in ("Changes", "Receipt", "Submission", "Submissions")},
    **{
        f"pages.{name} GET": HEADS
        for name in ("assessment_paper", "changes", "receipt", "receipt_paper", "submissions")
    },
    "assessments.EvidenceFile GET": HEADS | CONTRIBUTOR,
    "pages.download GET": HEADS | CONTRIBUTOR,
    # This contributor does not see every item.
    "pages.dossier GET": CONTRIBUTOR,
    "pages.draft_paper GET": CONTRIBUTOR,
    "rounds.Files POST": NO_DEPUTY | OFFICERS,  # brings one for the meeting here, not for its unit
    "rounds.Meetings POST": NO_DEPUTY,
    "rounds.Versions POST": NO_DEPUTY,
    "pages.new_meeting GET": NO_DEPUTY,
    "pages.new_meeting POST": NO_DEPUTY,
    "rounds.Challenges POST": OFFICERS,
    "pages.challenge POST": OFFICERS,
}
LET_IN_ELSEWHERE: dict[str, set[str]] = {
    "rounds.Challenges GET": MEMBERS,
    "pages.challenges GET": MEMBERS,
    "rounds.Challenges POST": OFFICERS,
    "pages.challenge POST": OFFICERS,
    "rounds.Withdrawal POST": OFFICERS,
    "pages.withdraw_challenge POST": OFFICERS,
}
# Endpoints whose step would be taken by whoever may: asked about a cycle in which it cannot be.
ELSEWHEN = {"cycles.CloseIntake", "pages.close_intake"}
PAGES = ("pages.", "people.", "inbox.")
# Those of sign-in and of one's own account (test_sign_in.py, test_accounts.py), and those open to everybody.
ELSEWHERE = ("session.", "tokens.", "accounts.", "ui.", "health.", "keys.", "api-docs.", "static")


def people() -> dict[str, Actor]:
    """One person of every role; who acts for a unit acts for the own one."""
    narrowed = {role: {"units": (OWN,)} for role in UNIT_ROLES}
    narrowed[Role.CONTRIBUTOR] = {"units": (OWN,), "criteria": ("C1",)}
    return {
        str(role): person(Grant(role, COUNCIL, **narrowed.get(role, {})), account=f"matrix-{role}", name=str(role))
        for role in Role
    }


def endpoints(web: Web) -> Iterator[tuple[str, str, str]]:
    """Each as `endpoint METHOD`, its method, its endpoint."""
    for rule in sorted(web.app.url_map.iter_rules(), key=lambda one: one.endpoint):
        if not rule.endpoint.startswith(ELSEWHERE):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield f"{rule.endpoint} {method}", method, rule.endpoint


def address(web: Web, endpoint: str, unit: str) -> tuple[str, bool]:
    """The path of an endpoint at that unit, and whether it is a unit's."""
    [rule] = [one for one in web.app.url_map.iter_rules() if one.endpoint == endpoint]
    given = {
        "cycle": PREPARED if endpoint in ELSEWHEN else CYCLE,
        "council": COUNCIL,
        "unit": unit,
        "criterion": "C1",
        "number": 1,
        "sha256": SHA,
        "evidence_id": IDENTIFIER,
        "request": IDENTIFIER,
        "question": IDENTIFIER,
        "ending": "yaml",
        "kind": "units",
        "cluster": "K1",
        "account": uuid.UUID(int=7),
    }
    with web.app.test_request_context():
        return url_for(endpoint, **{name: given[name] for name in rule.arguments}), "unit" in rule.arguments


def wanted(web: Web) -> dict[str, tuple[set[str], set[str]]]:
    """What the product's table says of each endpoint and method: who comes in at the own unit, and at another one."""
    everybody = {**people(), VERIFY: verify_service()}
    bound = {str(role) for role in UNIT_ROLES}
    found: dict[str, tuple[set[str], set[str]]] = {}
    for key, access in ACCESS.items():
        endpoint, *methods = key.split()
        if endpoint.startswith(ELSEWHERE):
            continue
        admitted = {name for name, actor in everybody.items() if access.admits(actor)}
        of_unit = address(web, endpoint, OWN)[1]
        for method in methods:
            one = f"{endpoint} {method}"
            own = admitted - NOT_LET_IN.get(one, set())
            found[one] = (own, (own - bound) | LET_IN_ELSEWHERE.get(one, set()) if of_unit else set())
    return found


class Visitor:
    """One person (or service) who asks at every endpoint."""

    def __init__(self, web: Web, actor: Actor) -> None:
        self.web = web
        self.api = web.api(actor)
        self.page: FlaskClient | None = None
        if actor.kind is not ActorKind.SERVICE:
            self.page = web.app.test_client()
            self.page.set_cookie(TOKEN_COOKIE, self.api.headers["Authorization"].removeprefix("Bearer "))
            self.token = form_token_of(self.page)

    def status(self, key: str, method: str, endpoint: str, unit: str) -> int:
        path, _ = address(self.web, endpoint, unit)
        asked = ASKED.get(key, {})
        if not endpoint.startswith(PAGES):
            return self.api.call(method, path, **asked).status_code
        if self.page is None:
            return self.api.call(method, path).status_code
        if method == "POST":
            asked = {"data": {**asked.get("data", {}), "csrf_token": self.token}}
        return self.page.open(path, method=method, headers={"Accept": "text/html"}, **asked).status_code


@pytest.fixture
def played(web: Web, intake: SqlStore) -> Web:
    """An open cycle in which two units have sent something, and one in preparation."""
    an_open_cycle(intake)
    create_cycle(intake, administrator(), new_cycle(code=PREPARED, period="2027"))
    for unit in (OWN, OTHER):
        save_items(intake, officer(unit), CYCLE, unit, [said("C1", 5, 20)], 0)
        submit(intake, leader(unit), CYCLE, unit, seen=1)
    return web


@pytest.mark.timeout(600)
def test_every_role_at_every_endpoint(played: Web) -> None:
    opened: dict[str, tuple[set[str], set[str]]] = {}
    for name, actor in {**people(), VERIFY: verify_service()}.items():
        visitor = Visitor(played, actor)
        for key, method, endpoint in endpoints(played):
            seen = opened.setdefault(key, (set(), set()))
            units = (OWN, OTHER) if address(played, endpoint, OWN)[1] else (OWN,)
            for unit, found in zip(units, seen, strict=False):
                status = visitor.status(key, method, endpoint, unit)
                assert status < 500, (key, name, unit)
                if status not in (401, 403):
                    found.add(name)
    assert opened == wanted(played)


def test_an_administrator_of_another_council_is_a_stranger(played: Web) -> None:
    visitor = Visitor(played, administrator("ha-noi"))
    own = {"directory.Councils GET", "cycles.Cycles GET", "pages.home GET", "pages.administration GET"}
    # One's own inbox is everybody's; how the mail of the installation stands belongs to no council.
    own |= {f"notices.{key}" for key in ("Mail GET", "Mail PUT", "Notices GET", "Read POST")}
    own |= {f"inbox.{key}" for key in ("mail GET", "mail POST", "mark_read POST", "notices GET")}
    own |= {"inbox.mail_state GET", "inbox.retry_mail POST"}
    for key, method, endpoint in endpoints(played):
        if key not in own:
            assert visitor.status(key, method, endpoint, OWN) in (401, 403, 404), key


def test_nobody_comes_in_unknown(played: Web) -> None:
    client = played.app.test_client()
    for key, method, endpoint in endpoints(played):
        path, _ = address(played, endpoint, OWN)
        page = endpoint.startswith(PAGES) and method == "GET"
        answer = client.open(path, method=method, headers={"Accept": "text/html" if page else "application/json"})
        if page:
            assert (answer.status_code, "/session/" in answer.location) == (302, True), key
        else:
            assert answer.status_code in (400, 401, 307), key
