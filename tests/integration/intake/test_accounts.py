"""Tokens for programs, and accounts as administrators and their owners change them."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.intake.accounts.actions.accounts import create_administrator, revoke
from services.intake.accounts.actions.sign_in import renew, sign_in
from services.intake.accounts.clients import ArgonPasswords
from services.intake.people.tables import account
from services.intake.store import SqlAccountStore
from shared.contracts.intake_v1 import SessionsRevoked
from shared.contracts.refusals import Refusal
from shared.people import Actor, Role
from tests.integration.intake.desk import (
    GRANTS,
    OTHER_PASSWORD,
    PASSWORD,
    Desks,
    as_actor,
    open_desks,
    post_form,
    post_sign_in,
)
from tests.kept import KeptDatabase


@pytest.fixture
def desks(kept: KeptDatabase) -> Iterator[Desks]:
    with open_desks(kept) as made:
        yield made


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
        assert connection.execute(sa.select(sa.func.count()).select_from(account)).scalar() == 2


def test_others_do_not_see_or_change_accounts(desks: Desks) -> None:
    client = desks.program(desks.token("hoa"))
    assert client.post("/v1/accounts", json=new_account()).status_code == 403
    assert client.get("/v1/accounts").status_code == 403
    assert client.get(f"/v1/accounts/{desks.administrator.id}").status_code == 404
    assert client.get(f"/v1/accounts/{desks.officer.id}").status_code == 200
    assert client.post(f"/v1/accounts/{desks.administrator.id}/revocations").status_code == 403
    elsewhere = create_administrator(desks.account_store, "admin.hanoi", "Phạm An", PASSWORD, "ha-noi")
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
    recorded = SessionsRevoked().load(event["data"])
    assert recorded == {"account": desks.officer.id, "before": desks.clock.moment}
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
    account_store = SqlAccountStore(desks.database, "a secret of this service", stronger)
    sign_in(account_store, "hoa", PASSWORD, None)
    with desks.database.reader() as connection:
        stored = connection.execute(sa.select(account.c.password_hash).where(account.c.login == "hoa")).scalar_one()
    assert not stronger.is_old(stored)
    sign_in(account_store, "hoa", PASSWORD, None)


def test_a_renewal_that_raced_a_revocation_is_caught_by_it(desks: Desks) -> None:
    """The token's time is taken while the account is held, so that no revocation can slip between."""
    _, secret = sign_in(desks.account_store, "hoa", PASSWORD, None)
    with desks.account_store.work() as work:
        # A renewal that has looked and not yet committed holds the account ...
        assert work.accounts.account(desks.officer.id, lock="share")
        issued = work.moment()
        revoked = threading.Thread(
            target=revoke, args=(desks.account_store, as_actor(desks.administrator), desks.officer.id)
        )
        revoked.start()
        revoked.join(0.3)
        # ... so the revocation waits for it,
        assert revoked.is_alive()
        desks.clock.forward(seconds=1)
    revoked.join(10)
    # and voids what it signed.
    assert desks.account_store.is_revoked(Actor(desks.officer.id, "Hoa", issued_at=issued))
    with pytest.raises(Refusal) as caught:
        renew(desks.account_store, secret)
    assert caught.value.code == "session_over"
