"""Accounts, sign-in and tokens on a real PostgreSQL, through the pages and the API."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask, jsonify
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from services.intake.adapters import account_tables
from services.intake.adapters.accounts import ArgonPasswords, SqlAccountDoor
from services.intake.domain.accounts import ACCOUNT_LIMIT, SESSION_IDLE, Account
from services.intake.usecases import accounts, sign_in
from services.intake.usecases.accounts import NewAccount
from services.intake.web.session_api import SESSION_API_ACCESS, accounts_api, tokens_api
from services.intake.web.session_pages import SESSION_PAGES_ACCESS, Desk, session_pages
from shared.contracts.intake_v1 import SessionsRevoked
from shared.contracts.refusals import Refusal
from shared.plumbing.access import current_actor, guard, public, roles, signed_in
from shared.plumbing.clock import FrozenClock
from shared.plumbing.database import Database
from shared.plumbing.identity import Actor, Grant, Role
from shared.plumbing.outbox import read_after
from shared.plumbing.settings import ServiceSettings
from shared.plumbing.tokens import TokenSigner, TokenVerifier
from shared.plumbing.web_app import make_app
from tests.servers import TestDatabase

NOON = datetime(2026, 1, 31, 5, tzinfo=UTC)
PASSWORD = "mưa xuân bay nhẹ"
OTHER_PASSWORD = "tám con mèo đen"
GRANTS = (Grant(Role.PROVINCE_OFFICER, "central", units=("HN",)),)


@dataclass
class Desks:
    """Intake's sign-in desk with its database, and one page of its own to come back to."""

    database: Database
    clock: FrozenClock
    door: SqlAccountDoor
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


@pytest.fixture
def desks(make_database: Callable[[str | None], TestDatabase]) -> Iterator[Desks]:
    clock = FrozenClock(NOON)
    with closing(Database(make_database("intake").url, clock=clock)) as database:
        yield build(database, clock)


def build(database: Database, clock: FrozenClock) -> Desks:
    key = OKPKey.generate_key("Ed25519")
    signer = TokenSigner("intake", key, clock)
    verifier = TokenVerifier({"intake": signer.jwks()}, "intake", clock)
    # The real argon2id, with less work: the tests try many passwords.
    door = SqlAccountDoor(database, "a secret of this service", ArgonPasswords(time_cost=1, memory_kib=64))
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
    desk = Desk(door, signer)
    app.register_blueprint(session_pages(desk))
    for blueprint in (tokens_api(desk), accounts_api(desk)):
        api.register_blueprint(blueprint)
    app.register_blueprint(_work())
    table = {
        **SESSION_PAGES_ACCESS,
        **SESSION_API_ACCESS,
        "work.home": public(),
        "work.form": signed_in(),
        "work.reviews": roles(Role.REVIEWER),
    }
    guard(app, table, verifier, door.is_revoked, clock)
    made = Desks(database, clock, door, app, verifier)
    made.administrator = accounts.create_administrator(door, "admin", "Lê Quản Trị", PASSWORD, "central")
    actor = as_actor(made.administrator)
    made.officer = accounts.create_account(
        door, actor, NewAccount("hoa", "Nguyễn Thị Hoa", PASSWORD, GRANTS, language="en")
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


# --- browsers


def test_a_person_signs_in_and_comes_to_the_page_they_wanted(desks: Desks) -> None:
    client = desks.browser()
    to_renew = client.get("/form")
    assert to_renew.status_code == 302
    to_sign_in = client.get(to_renew.headers["Location"])
    assert urlsplit(to_sign_in.headers["Location"]).path == "/session/sign-in"
    assert parse_qs(urlsplit(to_sign_in.headers["Location"]).query) == {"next": ["/form"]}
    page = client.get(to_sign_in.headers["Location"]).text
    assert 'name="next" value="/form"' in page
    answer = post_sign_in(client, " HOA ", PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/form")
    assert client.get("/form").json == {"name": "Nguyễn Thị Hoa"}
    assert client.get("/reviews").status_code == 403


def test_cookies_of_sign_in_are_closed_and_the_session_stays_with_intake(desks: Desks) -> None:
    answer = post_sign_in(desks.browser(prefix="/intake"), "hoa", PASSWORD, "/verify/queue")
    cookies = {cookie.split("=")[0]: cookie for cookie in answer.headers.getlist("Set-Cookie")}
    assert answer.headers["Location"] == "/verify/queue"
    for name in ("cong_tam_token", "cong_tam_session"):
        assert "HttpOnly" in cookies[name]
        assert "SameSite=Lax" in cookies[name]
    assert "Path=/intake/" in cookies["cong_tam_session"]
    assert "Path=/;" in cookies["cong_tam_token"] + ";"
    assert "cong_tam_language=en" in cookies["cong_tam_language"]


def test_nobody_is_sent_elsewhere_after_signing_in(desks: Desks) -> None:
    assert post_sign_in(desks.browser(), "hoa", PASSWORD, "//evil.example").headers["Location"] == "/"


def test_wrong_name_wrong_password_and_closed_account_look_the_same(desks: Desks) -> None:
    accounts.create_account(desks.door, as_actor(desks.administrator), NewAccount("closed", "Closed", PASSWORD, GRANTS))
    with desks.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE account SET active = false WHERE login = 'closed'"))
    pages = {
        post_sign_in(desks.browser(), login, password).text.replace(login, "LOGIN")
        for login, password in (
            ("hoa", "wrong password"),
            ("nobody", PASSWORD),
            ("closed", PASSWORD),
            ("ĐỨC", "x" * 900),
        )
    }
    without_tokens = {page.split('name="csrf_token"')[0] + page.split("LOGIN")[-1] for page in pages}
    assert len(without_tokens) == 1
    assert "The sign-in name or the password is not right." in without_tokens.pop()


def test_an_unknown_name_costs_as_much_work_as_a_known_one(desks: Desks) -> None:
    """The same slow hash is computed in both cases; counted, because times on a busy machine prove nothing."""

    class Counting(ArgonPasswords):
        calls: ClassVar[list[bool]] = []

        def is_right(self, stored: str | None, password: str) -> bool:
            self.calls.append(stored is not None)
            return super().is_right(stored, password)

    desks.door.passwords = Counting(time_cost=1, memory_kib=64)
    for login in ("hoa", "nobody", "not a login at all"):
        with pytest.raises(Refusal):
            sign_in.sign_in(desks.door, login, "wrong password", None)
    assert Counting.calls == [True, False, False]


def test_without_the_forms_token_nobody_is_signed_in(desks: Desks) -> None:
    client = desks.browser()
    client.get("/session/sign-in")
    assert client.post("/session/sign-in", data={"login": "hoa", "password": PASSWORD}).status_code == 403


def test_an_expired_token_is_renewed_by_redirect(desks: Desks) -> None:
    client = desks.signed_in()
    desks.clock.forward(minutes=11)
    answer = client.get("/form", follow_redirects=True)
    assert answer.json == {"name": "Nguyễn Thị Hoa"}
    assert [step.status_code for step in answer.history] == [302, 302]


def test_a_form_sent_after_eleven_minutes_arrives_whole(desks: Desks) -> None:
    client = desks.signed_in()
    token = form_token(client.get("/session/sign-in").text)
    desks.clock.forward(minutes=11)
    answer = client.post("/form", data={"csrf_token": token, "note": "typed"}, follow_redirects=True)
    assert answer.json == {"name": "Nguyễn Thị Hoa"}
    assert [step.status_code for step in answer.history] == [307, 307]


def test_when_the_session_is_over_a_form_waits_for_another_sign_in(desks: Desks) -> None:
    client = desks.signed_in()
    token = form_token(client.get("/session/sign-in").text)
    desks.clock.forward(hours=5)
    ended = client.post("/form", data={"csrf_token": token, "note": "typed"}, follow_redirects=True)
    assert ended.status_code == 401
    assert "Your sign-in has ended" in ended.text
    assert post_sign_in(client, "hoa", PASSWORD).status_code == 303
    # What reloading that page does: the same post to the same address.
    again = client.post("/session/renew?next=/form", data={"csrf_token": token, "note": "typed"}, follow_redirects=True)
    assert again.json == {"name": "Nguyễn Thị Hoa"}


def test_a_session_ends_after_a_pause(desks: Desks) -> None:
    client = desks.signed_in()
    for _ in range(3):
        desks.clock.forward(hours=3)
        assert client.get("/form", follow_redirects=True).status_code == 200
    desks.clock.moment += SESSION_IDLE
    assert "Sign-in name" in client.get("/form", follow_redirects=True).text


def test_signing_out_ends_the_session_and_the_token_everywhere(desks: Desks) -> None:
    client = desks.signed_in()
    stolen = client.get_cookie("cong_tam_token")
    secret = client.get_cookie("cong_tam_session")
    assert stolen is not None
    assert secret is not None
    desks.clock.forward(seconds=30)
    answer = post_form(client, "/session/sign-out", "/session/sign-out")
    assert answer.status_code == 303
    assert client.get_cookie("cong_tam_token") is None
    assert client.get_cookie("cong_tam_session") is None
    assert desks.program(stolen.value).get("/form").status_code == 401
    thief = desks.browser()
    thief.set_cookie("cong_tam_session", secret.value)
    assert "Sign-in name" in thief.get("/session/renew?next=/form", follow_redirects=True).text


def test_signing_out_here_leaves_another_browser_signed_in(desks: Desks) -> None:
    here, there = desks.signed_in(), desks.signed_in()
    desks.clock.forward(seconds=30)
    post_form(here, "/session/sign-out", "/session/sign-out")
    assert there.get("/form", follow_redirects=True).json == {"name": "Nguyễn Thị Hoa"}


def test_signing_in_again_right_after_signing_out_works(desks: Desks) -> None:
    client = desks.signed_in()
    desks.clock.forward(microseconds=1)
    post_form(client, "/session/sign-out", "/session/sign-out")
    assert post_sign_in(client, "hoa", PASSWORD).status_code == 303
    assert client.get("/form").status_code == 200


def test_secrets_are_stored_hashed(desks: Desks) -> None:
    client = desks.signed_in()
    secret = client.get_cookie("cong_tam_session")
    assert secret is not None
    with desks.database.reader() as connection:
        stored = str(connection.execute(sa.select(account_tables.browser_session)).all())
        hashes = connection.execute(sa.select(account_tables.account.c.password_hash)).scalars().all()
        keys = connection.execute(sa.select(account_tables.sign_in_limit.c.key)).scalars().all()
    assert secret.value not in stored
    assert all(value.startswith("$argon2id$") for value in hashes)
    assert len(set(hashes)) == len(hashes)
    assert not any("hoa" in key or "203" in key for key in keys)


# --- limits


def test_guessing_one_account_stops_after_ten_tries_even_with_the_right_password(desks: Desks) -> None:
    for number in range(ACCOUNT_LIMIT.capacity):
        # From many addresses: it is the account that is guarded.
        assert post_sign_in(desks.browser(address=f"198.51.100.{number}"), "hoa", "wrong password").status_code == 422
    answer = post_sign_in(desks.browser(address="192.0.2.1"), "hoa", PASSWORD)
    assert answer.status_code == 429
    assert "try again in 1 min" in answer.text
    desks.clock.forward(minutes=1)
    assert post_sign_in(desks.browser(), "hoa", PASSWORD).status_code == 303


def test_an_unknown_account_is_limited_in_the_same_words(desks: Desks) -> None:
    statuses = [
        desks.program().post("/v1/tokens", json={"login": "nobody", "password": "x"}).status_code for _ in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2


def test_guessing_many_accounts_from_one_address_stops_too(desks: Desks) -> None:
    for number in range(100):
        with pytest.raises(Refusal) as caught:
            sign_in.sign_in(desks.door, f"name-{number}", "wrong", "198.51.100.1")
        assert caught.value.code == "wrong_sign_in"
    with pytest.raises(Refusal) as caught:
        sign_in.sign_in(desks.door, "hoa", PASSWORD, "198.51.100.1")
    assert caught.value.code == "too_many_attempts"
    assert sign_in.sign_in(desks.door, "hoa", PASSWORD, "198.51.100.2")


def test_right_sign_ins_weigh_nothing(desks: Desks) -> None:
    for _ in range(3 * ACCOUNT_LIMIT.capacity):
        sign_in.sign_in(desks.door, "hoa", PASSWORD, "198.51.100.1")
    with desks.database.reader() as connection:
        levels = connection.execute(sa.select(account_tables.sign_in_limit.c.level)).scalars().all()
    assert set(levels) == {0.0}


def test_simultaneous_guesses_are_counted_one_by_one(desks: Desks) -> None:
    codes: list[str] = []

    def guess() -> None:
        try:
            sign_in.sign_in(desks.door, "hoa", "wrong password", "198.51.100.1")
        except Refusal as refusal:
            codes.append(refusal.code)

    threads = [threading.Thread(target=guess) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["too_many_attempts"] * 14 + ["wrong_sign_in"] * 10


def test_old_counts_are_forgotten(desks: Desks) -> None:
    with pytest.raises(Refusal):
        sign_in.sign_in(desks.door, "nobody", "wrong", "198.51.100.1")
    desks.clock.forward(days=2)
    sign_in.sign_in(desks.door, "hoa", PASSWORD, "198.51.100.2")
    with desks.database.reader() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(account_tables.sign_in_limit)).scalar() == 2


# --- programs


def test_a_program_gets_a_token_by_password_and_acts_with_the_accounts_roles(desks: Desks) -> None:
    answer = desks.program().post("/v1/tokens", json={"login": "hoa", "password": PASSWORD})
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    actor = desks.verifier.verify(body["token"])
    assert (actor.kind, actor.account, actor.grants) == ("client", desks.officer.id, GRANTS)
    assert desks.program(body["token"]).get("/form").json == {"name": "Nguyễn Thị Hoa"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"login": "hoa", "password": "wrong password"}, 401),
        ({"login": "hoa"}, 422),
        ({"client_key": "ctk_nonsense"}, 401),
        ({"client_key": "ctk_x", "login": "hoa", "password": PASSWORD}, 422),
        ({"client_key": "ctk_x", "login": "hoa"}, 422),
        ({}, 422),
        ({"login": "ho\x00a", "password": "x"}, 422),
        ({"login": "hoa", "password": PASSWORD, "extra": 1}, 422),
    ],
)
def test_other_proofs_are_refused(desks: Desks, body: dict[str, Any], status: int) -> None:
    answer = desks.program().post("/v1/tokens", json=body)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_a_key_works_until_it_is_ended_and_begets_no_keys(desks: Desks) -> None:
    mine = desks.program(desks.token("hoa"))
    made = mine.post("/v1/accounts/own/keys", json={"title": "Nightly upload", "days": 30})
    assert made.status_code == 201
    key = made.get_json()
    by_key = {"client_key": key["client_key"]}
    token = desks.program().post("/v1/tokens", json=by_key).get_json()["token"]
    assert desks.program(token).get("/form").status_code == 200
    assert desks.program(token).post("/v1/accounts/own/keys", json={"title": "More", "days": 30}).status_code == 404
    (listed,) = mine.get("/v1/accounts/own/keys").get_json()
    assert "client_key" not in listed
    stranger = desks.program(desks.token("admin"))
    assert stranger.delete(f"/v1/accounts/own/keys/{key['id']}").status_code == 404
    assert mine.delete(f"/v1/accounts/own/keys/{key['id']}").status_code == 204
    assert desks.program().post("/v1/tokens", json=by_key).status_code == 401


def test_a_key_ends_on_its_day(desks: Desks) -> None:
    made = desks.program(desks.token("hoa")).post("/v1/accounts/own/keys", json={"title": "Short", "days": 1})
    desks.clock.moment += timedelta(days=1)
    assert desks.program().post("/v1/tokens", json={"client_key": made.get_json()["client_key"]}).status_code == 401


# --- administrators


def new_account(**changes: Any) -> dict[str, Any]:
    grant = {"role": "reviewer", "council": "central"}
    body = {"login": "duc", "name": "Trần Đức", "password": OTHER_PASSWORD, "grants": [grant]}
    return {**body, **changes}


def test_an_administrator_opens_an_account_that_can_sign_in(desks: Desks) -> None:
    client = desks.program(desks.token("admin"))
    body = new_account(home_units=[{"council": "central", "unit": "DN"}])
    answer = client.post("/v1/accounts", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert "password" not in answer.text
    assert client.get(f"/v1/accounts/{made['id']}").get_json() == made
    assert [account["login"] for account in client.get("/v1/accounts").get_json()] == ["admin", "duc", "hoa"]
    actor = desks.verifier.verify(desks.token("duc", OTHER_PASSWORD))
    assert actor.may(Role.REVIEWER, council="central")
    assert actor.belongs_to("central", "DN")
    assert (desks.administrator.id, "account_created", f"account:{made['id']}") in desks.history()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"login": "hoa"}, 409),
        ({"login": "HOA"}, 409),
        ({"login": "a b"}, 422),
        ({"password": "short"}, 422),
        ({"grants": [{"role": "reviewer", "council": "ha-noi"}]}, 403),
        ({"grants": [{"role": "province_officer", "council": "central"}]}, 422),
        ({"grants": [{"role": "emperor", "council": "central"}]}, 422),
        ({"grants": [{"role": "reviewer", "council": "central", "units": []}]}, 422),
        ({"home_units": [{"council": "ha-noi", "unit": "X"}]}, 403),
        ({"name": " "}, 422),
        ({"language": "fr"}, 422),
    ],
)
def test_accounts_that_must_not_be_opened(desks: Desks, changes: dict[str, Any], status: int) -> None:
    answer = desks.program(desks.token("admin")).post("/v1/accounts", json=new_account(**changes))
    assert answer.status_code == status, answer.text
    with desks.database.reader() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(account_tables.account)).scalar() == 2


def test_others_do_not_see_or_change_accounts(desks: Desks) -> None:
    client = desks.program(desks.token("hoa"))
    assert client.post("/v1/accounts", json=new_account()).status_code == 403
    assert client.get("/v1/accounts").status_code == 403
    assert client.get(f"/v1/accounts/{desks.administrator.id}").status_code == 404
    assert client.get(f"/v1/accounts/{desks.officer.id}").status_code == 200
    assert client.post(f"/v1/accounts/{desks.administrator.id}/revocations").status_code == 403
    elsewhere = accounts.create_administrator(desks.door, "admin.hanoi", "Phạm An", PASSWORD, "ha-noi")
    assert elsewhere.active
    stranger = desks.program(desks.token("admin.hanoi"))
    assert stranger.get(f"/v1/accounts/{desks.officer.id}").status_code == 404
    assert stranger.put(f"/v1/accounts/{desks.officer.id}/state", json={"active": False}).status_code == 403
    body = {"password": OTHER_PASSWORD}
    assert stranger.put(f"/v1/accounts/{desks.officer.id}/password", json=body).status_code == 403
    body_grants = {"grants": [{"role": "administrator", "council": "central"}]}
    assert stranger.put(f"/v1/accounts/{desks.officer.id}/grants/central", json=body_grants).status_code == 403
    assert stranger.put(f"/v1/accounts/{desks.officer.id}/grants/ha-noi", json=body_grants).status_code == 422


def test_other_roles_hold_at_once(desks: Desks) -> None:
    token = desks.token("hoa")
    desks.clock.forward(seconds=5)
    body = {"grants": [{"role": "reviewer", "council": "central", "clusters": ["C1"]}]}
    answer = desks.program(desks.token("admin")).put(f"/v1/accounts/{desks.officer.id}/grants/central", json=body)
    assert answer.status_code == 200, answer.text
    assert desks.program(token).get("/form").status_code == 401
    actor = desks.verifier.verify(desks.token("hoa"))
    assert actor.may(Role.REVIEWER, council="central", cluster="C1")
    assert not actor.may(Role.PROVINCE_OFFICER)


def test_closing_an_account_ends_everything_and_says_so_in_the_feed(desks: Desks) -> None:
    browser, mine = desks.signed_in(), desks.program(desks.token("hoa"))
    key = mine.post("/v1/accounts/own/keys", json={"title": "Upload", "days": 9}).get_json()["client_key"]
    desks.clock.forward(seconds=30)
    administrator = desks.program(desks.token("admin"))
    path = f"/v1/accounts/{desks.officer.id}/state"
    assert administrator.put(path, json={"active": False}).get_json()["active"] is False
    assert mine.get("/form").status_code == 401
    assert "Sign-in name" in browser.get("/form", follow_redirects=True).text
    assert desks.program().post("/v1/tokens", json={"client_key": key}).status_code == 401
    assert desks.program().post("/v1/tokens", json={"login": "hoa", "password": PASSWORD}).status_code == 401
    (event,) = desks.events()
    assert (event["type"], event["subject"], event["subject_version"]) == (
        "sessions_revoked",
        f"account:{desks.officer.id}",
        1,
    )
    told = SessionsRevoked().load(event["data"])
    assert told == {"account": desks.officer.id, "before": desks.clock.moment}
    assert administrator.put(path, json={"active": True}).status_code == 200
    assert desks.token("hoa")
    # Keys do not come back with the account.
    assert desks.program().post("/v1/tokens", json={"client_key": key}).status_code == 401


def test_each_revocation_has_a_newer_version(desks: Desks) -> None:
    for _ in range(3):
        desks.clock.forward(seconds=1)
        token = desks.token("hoa")
        desks.clock.forward(seconds=1)
        assert desks.program(token).post(f"/v1/accounts/{desks.officer.id}/revocations").status_code == 403
        admin = desks.program(desks.token("admin"))
        assert admin.post(f"/v1/accounts/{desks.officer.id}/revocations").status_code == 204
        assert desks.program(token).get("/form").status_code == 401
    assert [event["subject_version"] for event in desks.events()] == [1, 2, 3]


def test_a_forgotten_password_is_replaced_by_an_administrator(desks: Desks) -> None:
    body = {"password": OTHER_PASSWORD}
    admin = desks.program(desks.token("admin"))
    assert admin.put(f"/v1/accounts/{desks.officer.id}/password", json={"password": "short"}).status_code == 422
    assert admin.put(f"/v1/accounts/{desks.officer.id}/password", json=body).status_code == 204
    assert desks.token("hoa", OTHER_PASSWORD)
    assert desks.program().post("/v1/tokens", json={"login": "hoa", "password": PASSWORD}).status_code == 401


# --- one's own account


def test_a_person_changes_their_password_and_is_out_everywhere(desks: Desks) -> None:
    client, elsewhere = desks.signed_in(), desks.signed_in()
    desks.clock.forward(seconds=30)
    new = {"new_password": OTHER_PASSWORD, "repeated_password": OTHER_PASSWORD}
    page, path = "/session/account", "/session/account/password"
    assert post_form(client, page, path, current_password="wrong password", **new).status_code == 422
    differing = {"new_password": OTHER_PASSWORD, "repeated_password": "another one altogether"}
    assert post_form(client, page, path, current_password=PASSWORD, **differing).status_code == 422
    weak = {"new_password": "Nguyễn Thị Hoa 1", "repeated_password": "Nguyễn Thị Hoa 1"}
    assert post_form(client, page, path, current_password=PASSWORD, **weak).status_code == 422
    assert post_form(client, page, path, current_password=PASSWORD, **new).status_code == 303
    for browser in (client, elsewhere):
        assert "Sign-in name" in browser.get("/form", follow_redirects=True).text
    assert post_sign_in(client, "hoa", OTHER_PASSWORD).status_code == 303


def test_the_account_page_shows_roles_and_makes_and_ends_keys(desks: Desks) -> None:
    client = desks.signed_in()
    page = client.get("/session/account").text
    assert "Province officer" in page
    made = post_form(client, "/session/account", "/session/account/keys", title="Upload", days="30")
    assert made.headers["Cache-Control"] == "no-store"
    key = made.text.split("<code>")[1].split("</code>")[0]
    assert desks.program().post("/v1/tokens", json={"client_key": key}).status_code == 201
    for title, days in (("", "30"), ("x", "0"), ("x", "401"), ("x", "ten"), ("x", "²")):
        answer = post_form(client, "/session/account", "/session/account/keys", title=title, days=days)
        assert answer.status_code == 422
    path = made.text.split('action="/session/account/keys/')[1].split('"')[0]
    assert post_form(client, "/session/account", f"/session/account/keys/{path}").status_code == 303
    assert desks.program().post("/v1/tokens", json={"client_key": key}).status_code == 401


def test_stronger_parameters_reach_old_passwords_at_the_next_sign_in(desks: Desks) -> None:
    stronger = ArgonPasswords(time_cost=2, memory_kib=64)
    door = SqlAccountDoor(desks.database, "a secret of this service", stronger)
    sign_in.sign_in(door, "hoa", PASSWORD, None)
    with desks.database.reader() as connection:
        stored = connection.execute(
            sa.select(account_tables.account.c.password_hash).where(account_tables.account.c.login == "hoa")
        ).scalar_one()
    assert not stronger.is_old(stored)
    sign_in.sign_in(door, "hoa", PASSWORD, None)


def test_a_renewal_that_raced_a_revocation_is_caught_by_it(desks: Desks) -> None:
    """The token's time is taken while the account is held, so that no revocation can slip between."""
    _, secret = sign_in.sign_in(desks.door, "hoa", PASSWORD, None)
    with desks.door.work() as work:
        # A renewal that has looked and not yet committed holds the account ...
        assert work.accounts.account(desks.officer.id, lock="share")
        issued = work.moment()
        revoked = threading.Thread(
            target=accounts.revoke, args=(desks.door, as_actor(desks.administrator), desks.officer.id)
        )
        revoked.start()
        revoked.join(0.3)
        # ... so the revocation waits for it,
        assert revoked.is_alive()
        desks.clock.forward(seconds=1)
    revoked.join(10)
    # and voids what it signed.
    assert desks.door.is_revoked(Actor(desks.officer.id, "Hoa", issued_at=issued))
    with pytest.raises(Refusal) as caught:
        sign_in.renew(desks.door, secret)
    assert caught.value.code == "session_over"
