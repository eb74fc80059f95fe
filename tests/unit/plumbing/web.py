"""A small application with the whole plumbing, for the tests of its endpoints and pages."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, jsonify, render_template_string, request
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from shared.clock import FrozenClock
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, Grant, Role
from shared.plumbing.settings import ServiceSettings
from shared.plumbing.tokens import TokenSigner, TokenVerifier
from shared.web.access import Access, current_actor, guard, public, roles, services, signed_in
from shared.web.application import make_app

NOON = datetime(2026, 1, 31, 5, tzinfo=UTC)
REVIEWER = Actor("acc-1", "Nguyễn Thị Hoa", (), (Grant(Role.REVIEWER, "central"),), "ses-1")
OFFICER = Actor("acc-2", "Trần Văn Đức", (), (Grant(Role.PROVINCE_OFFICER, "central", units=("HN",)),), "ses-2")
ACCESS: dict[str, Access] = {
    "sample.home GET": public(),
    "sample.form GET": signed_in(),
    "sample.form POST": signed_in(),
    "sample.queue GET": roles(Role.REVIEWER, Role.LEAD_REVIEWER),
    "sample.scores GET": roles(Role.REVIEWER) | services("ranking"),
    "sample.write POST": signed_in(),
    "sample.open_write POST": public(csrf=False),
    "sample.fails GET": public(),
}
FORM = """{% extends "cong_tam/base.html" %}{% import "cong_tam/forms.html" as forms %}
{% block title %}Form{% endblock %}{% block content %}<h1>Form</h1>
<form method="post">{{ forms.csrf() }}{{ forms.field("note", _("Language")) }}{{ forms.submit("OK") }}
</form>{% endblock %}"""


def settings(public_url: str = "http://localhost:8000") -> ServiceSettings:
    """Settings of a service whose neighbours do not matter."""
    return ServiceSettings(
        database_url="postgresql://nowhere/verify",
        redis_url="redis://nowhere",
        secret_key="0123456789abcdef" * 4,
        signing_key_file=Path("absent"),
        trusted_keys_file=Path("absent"),
        public_url=public_url,
        intake_url="http://intake",
        verify_url="http://verify",
        ranking_url="http://ranking",
    )


def sample_blueprint() -> Blueprint:
    """A few endpoints of every kind."""
    blueprint = Blueprint("sample", __name__)

    @blueprint.get("/")
    def home() -> Any:
        return jsonify(account=current_actor().account)

    @blueprint.route("/form", methods=["GET", "POST"])
    def form() -> Any:
        if request.method == "POST":
            return jsonify(note=request.form["note"])
        return render_template_string(FORM)

    @blueprint.get("/queue")
    def queue() -> Any:
        return jsonify(account=current_actor().account)

    @blueprint.get("/v1/scores")
    def scores() -> Any:
        return jsonify(account=current_actor().account)

    @blueprint.post("/v1/write")
    def write() -> Any:
        return jsonify(account=current_actor().account)

    @blueprint.post("/v1/open")
    def open_write() -> Any:
        return jsonify(account=current_actor().account)

    @blueprint.get("/fails/<kind>")
    def fails(kind: str) -> Any:
        if kind == "fault":
            raise ZeroDivisionError("a secret detail")
        if kind == "invalid":
            place = {"file": "points.csv", "line": 3, "column": "value"}
            raise BadInput([Fault(sentence("Row %(row)s: expected a number.", row=3), **place)])
        raise Refusal("refused_on_purpose", Kind(kind), sentence("Please wait a little and try again."))

    return blueprint


@dataclass
class House:
    """The application, its keys and its clock."""

    app: Flask
    clock: FrozenClock
    intake: TokenSigner
    ranking: TokenSigner
    revoked: set[str] = field(default_factory=set)

    def browser(self, actor: Actor | None = None, language: str = "vi", prefix: str = "") -> FlaskClient:
        """A client that asks like a browser behind the gateway, signed in by cookie."""
        client = self.app.test_client()
        client.environ_base.update(HTTP_ACCEPT="text/html,*/*;q=0.8", HTTP_ACCEPT_LANGUAGE=language)
        if prefix:
            client.environ_base["HTTP_X_FORWARDED_PREFIX"] = prefix
        if actor is not None:
            client.set_cookie("cong_tam_token", self.intake.person_token(actor))
        return client

    def machine(self, token: str | None = None) -> FlaskClient:
        """A client that asks like a program."""
        client = self.app.test_client()
        client.environ_base.update(HTTP_ACCEPT="application/json", HTTP_ACCEPT_LANGUAGE="en")
        if token is not None:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client


def build(
    access: Mapping[str, Access] = ACCESS,
    public_url: str = "http://localhost:8000",
    register: Callable[[Flask], None] = lambda app: None,
) -> House:
    """The house, guarded by `access`."""
    clock = FrozenClock(NOON)
    intake = TokenSigner("intake", OKPKey.generate_key("Ed25519"), clock)
    ranking = TokenSigner("ranking", OKPKey.generate_key("Ed25519"), clock)
    trusted = json.loads(json.dumps({"intake": intake.jwks(), "ranking": ranking.jwks()}))
    app, _ = make_app(
        "verify",
        settings(public_url),
        package="shared.plumbing",
        title="Verification",
        checks={},
        strict_templates=True,
    )
    app.register_blueprint(sample_blueprint())
    register(app)
    house = House(app, clock, intake, ranking)
    verifier = TokenVerifier(trusted, "verify", clock)
    guard(app, access, verifier, lambda actor: actor.account in house.revoked, clock)
    return house
