"""Sign-in in a browser on a real PostgreSQL: sessions, renewal, limits."""

import threading
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from services.intake.accounts.actions.accounts import create_account
from services.intake.accounts.actions.sign_in import sign_in
from services.intake.accounts.clients import ArgonPasswords
from services.intake.accounts.model import ACCOUNT_LIMIT, SESSION_IDLE, NewAccount
from services.intake.accounts.tables import browser_session, sign_in_limit
from services.intake.people.tables import account
from shared.contracts.refusals import Refusal
from tests.integration.intake.desk import (
    GRANTS,
    PASSWORD,
    Desks,
    as_actor,
    form_token,
    open_desks,
    post_form,
    post_sign_in,
)
from tests.kept import KeptDatabase


@pytest.fixture
def desks(kept: KeptDatabase) -> Iterator[Desks]:
    with open_desks(kept) as made:
        yield made


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
    create_account(desks.account_store, as_actor(desks.administrator), NewAccount("closed", "Closed", PASSWORD, GRANTS))
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

    desks.account_store.passwords = Counting(time_cost=1, memory_kib=64)
    for login in ("hoa", "nobody", "not a login at all"):
        with pytest.raises(Refusal):
            sign_in(desks.account_store, login, "wrong password", None)
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
        stored = str(connection.execute(sa.select(browser_session)).all())
        hashes = connection.execute(sa.select(account.c.password_hash)).scalars().all()
        keys = connection.execute(sa.select(sign_in_limit.c.key)).scalars().all()
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
            sign_in(desks.account_store, f"name-{number}", "wrong", "198.51.100.1")
        assert caught.value.code == "wrong_sign_in"
    with pytest.raises(Refusal) as caught:
        sign_in(desks.account_store, "hoa", PASSWORD, "198.51.100.1")
    assert caught.value.code == "too_many_attempts"
    assert sign_in(desks.account_store, "hoa", PASSWORD, "198.51.100.2")


def test_right_sign_ins_weigh_nothing(desks: Desks) -> None:
    for _ in range(3 * ACCOUNT_LIMIT.capacity):
        sign_in(desks.account_store, "hoa", PASSWORD, "198.51.100.1")
    with desks.database.reader() as connection:
        levels = connection.execute(sa.select(sign_in_limit.c.level)).scalars().all()
    assert set(levels) == {0.0}


def test_simultaneous_guesses_are_counted_one_by_one(desks: Desks) -> None:
    codes: list[str] = []

    def guess() -> None:
        try:
            sign_in(desks.account_store, "hoa", "wrong password", "198.51.100.1")
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
        sign_in(desks.account_store, "nobody", "wrong", "198.51.100.1")
    desks.clock.forward(days=2)
    sign_in(desks.account_store, "hoa", PASSWORD, "198.51.100.2")
    with desks.database.reader() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(sign_in_limit)).scalar() == 2
