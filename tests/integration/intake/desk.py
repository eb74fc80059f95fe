"""Intake's sign-in on a real database, and browsers and programs that come to it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, jsonify
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from services.intake.access import ACCESS
from services.intake.accounts.actions.accounts import create_account, create_administrator
from services.intake.accounts.api.accounts import accounts_api, tokens_api
from services.intake.accounts.clients import ArgonPasswords
from services.intake.accounts.model import Account, NewAccount
from services.intake.accounts.pages.sessions import session_pages
from services.intake.ports import WebDependencies
from services.intake.store import SqlAccountStore
from shared.clock import FrozenClock
from shared.people import Actor, Grant, Role
from shared.plumbing.database import Database
from shared.plumbing.outbox import read_after
from shared.plumbing.settings import ServiceSettings
from shared.plumbing.tokens import TokenSigner, TokenVerifier
from shared.web.access import current_actor, guard, public, roles, signed_in
from shared.web.application import make_app
from tests.kept import KeptDatabase

NOON = datetime(2026, 1, 31, 5, tzinfo=UTC)
PASSWORD = "mưa xuân bay nhẹ"
OTHER_PASSWORD = "tám con mèo đen"
GRANTS = (Grant(Role.PROVINCE_OFFICER, "central", units=("HN",)),)


@dataclass
class Desks:
    """Intake's sign-in with its database, and one page of its own to come back to."""

    database: Database
    clock: FrozenClock
    account_store: SqlAccountStore
    app: Flask
    verifier: TokenVerifier
    administrator: Account = field(init=False)
    officer: Account = field(init=False)

    def browser(self, prefix: str = "", address: str = "203.0.113.7") -> FlaskClient:
        client = self.app.test_client()
        client.environ_base.update(
            HTTP_ACCEPT="text/html",
            HTTP_ACCEPT_LANGUAGE="en",
            HTTP_X_FORWARDED_FOR=address,
            HTTP_X_FORWARDED_PREFIX=prefix,
        )
        return client

    def program(self, token: str | None = None, address: str = "203.0.113.9") -> FlaskClient:
        client = self.app.test_client()
        client.environ_base.update(HTTP_ACCEPT="application/json", HTTP_X_FORWARDED_FOR=address)
        if token:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def token(self, login: str, password: str = PASSWORD, **options: Any) -> str:
        answer = self.program(**options).post("/v1/tokens", json={"login": login, "password": password})
        assert answer.status_code == 201, answer.text
        token: str = answer.get_json()["token"]
        return token

    def signed_in(self, login: str = "hoa", password: str = PASSWORD) -> FlaskClient:
        client = self.browser()
        assert post_sign_in(client, login, password).status_code == 303
        return client

    def events(self) -> list[dict[str, Any]]:
        with self.database.reader() as connection:
            return list(read_after(connection, 0, 100)["events"])

    def history(self) -> list[tuple[str, str, str]]:
        query = sa.text("SELECT actor, action, subject FROM history ORDER BY id")
        with self.database.reader() as connection:
            return [tuple(row) for row in connection.execute(query)]


@contextmanager
def open_desks(kept: KeptDatabase) -> Iterator[Desks]:
    """An empty database with an administrator `admin` and an officer `hoa`, and the application on it."""
    clock = FrozenClock(NOON)
    kept.empty()
    with closing(Database(kept.database.url, clock=clock)) as database:
        yield build(database, clock)


def build(database: Database, clock: FrozenClock) -> Desks:
    key = OKPKey.generate_key("Ed25519")
    signer = TokenSigner("intake", key, clock)
    verifier = TokenVerifier({"intake": signer.jwks()}, "intake", clock)
    # The real argon2id, with less work: the tests try many passwords.
    account_store = SqlAccountStore(database, "a secret of this service", ArgonPasswords(time_cost=1, memory_kib=64))
    settings = ServiceSettings(
        database_url="unused",
        redis_url="unused",
        secret_key="0123456789abcdef" * 4,
        signing_key_file=Path("absent"),
        trusted_keys_file=Path("absent"),
        public_url="http://localhost",
        intake_url="http://intake",
        verify_url="http://verify",
        ranking_url="http://ranking",
    )
    app, api = make_app("intake", settings, package="services.intake", title="Intake", checks={})
    nothing: Any = None
    web = WebDependencies(nothing, nothing, nothing, account_store, signer, nothing)
    app.register_blueprint(session_pages(web))
    for blueprint in (tokens_api(web), accounts_api(web)):
        api.register_blueprint(blueprint)
    app.register_blueprint(_work())
    table = {
        **{name: access for name, access in ACCESS.items() if name.split(".")[0] in ("session", "tokens", "accounts")},
        "work.home GET": public(),
        "work.form GET POST": signed_in(),
        "work.reviews GET": roles(Role.REVIEWER),
    }
    guard(app, table, verifier, account_store.is_revoked, clock)
    made = Desks(database, clock, account_store, app, verifier)
    made.administrator = create_administrator(account_store, "admin", "Lê Quản Trị", PASSWORD, "central")
    actor = as_actor(made.administrator)
    made.officer = create_account(
        account_store, actor, NewAccount("hoa", "Nguyễn Thị Hoa", PASSWORD, GRANTS, language="en")
    )
    return made


def _work() -> Blueprint:
    blueprint = Blueprint("work", __name__)
    blueprint.add_url_rule("/", "home", lambda: jsonify(account=current_actor().account))
    blueprint.add_url_rule("/form", "form", lambda: jsonify(name=current_actor().name), methods=["GET", "POST"])
    blueprint.add_url_rule("/reviews", "reviews", lambda: jsonify(ok=True))
    return blueprint


def as_actor(account: Account) -> Actor:
    return Actor(account.id, account.name, account.home_units, account.grants, "session")


def form_token(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def post_sign_in(client: FlaskClient, login: str, password: str, wanted: str = "/form") -> Any:
    page = client.get("/session/sign-in").text
    data = {"csrf_token": form_token(page), "login": login, "password": password, "next": wanted}
    return client.post("/session/sign-in", data=data)


def post_form(client: FlaskClient, page: str, path: str, **data: str) -> Any:
    return client.post(path, data={"csrf_token": form_token(client.get(page).text), **data})
