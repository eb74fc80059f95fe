"""Accounts one by one: reset with a password shown once, closed and opened, an office handed over on its day."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from celery import Celery

from services.intake.accounts.actions.handovers import GivenHandover, hand_over
from services.intake.accounts.clients import ArgonPasswords
from services.intake.assessments.actions import save_items
from services.intake.assessments.queries import read_draft
from services.intake.contributions.actions import assign
from services.intake.contributions.model import Assignment
from services.intake.people.tables import account
from services.intake.store import SqlAccountStore, SqlStore
from services.intake.tasks import register_tasks
from shared.clock import FrozenClock
from shared.contracts.refusals import BadInput, Refusal
from shared.people import Actor, Grant, Role
from shared.plumbing.database import Database
from tests.builders.intake import COUNCIL, CYCLE, administrator, an_open_cycle, department, officer, person, said
from tests.builders.intake_worker import surroundings
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.web import Web

Employ = Callable[..., Actor]
CODE = re.compile(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>")
CHOSEN = "mưa xuân bay nhẹ"


@pytest.fixture
def account_store(database: Database) -> SqlAccountStore:
    return SqlAccountStore(database, "a secret of this service", ArgonPasswords(time_cost=1, memory_kib=64))


def page_of(actor: Actor) -> str:
    return f"/administration/{COUNCIL}/accounts/{actor.account}"


def states(database: Database) -> dict[str, tuple[bool, list[str]]]:
    """By login: whether the account is open, and its roles."""
    with database.reader() as connection:
        rows = connection.execute(sa.select(account.c.login, account.c.active, account.c.grants))
        return {row.login: (row.active, [claim[0] for claim in row.grants]) for row in rows}


def sign_in_anew(web: Web, login: str, password: str) -> int:
    client = web.app.test_client()
    asked = open_form(client, "/session/sign-in")
    fields = {"login": login, "password": password, "new_password": CHOSEN, "repeated_password": CHOSEN}
    return send(client, asked, **fields).status_code


def test_a_forgotten_password_is_reset_and_shown_once(web: Web, intake: SqlStore, clock: FrozenClock) -> None:
    an_open_cycle(intake)
    forgot = web.with_account(officer())
    theirs = web.browser_of(forgot)
    assert theirs.get("/").status_code == 200
    clock.forward(seconds=5)
    admin = web.browser(administrator())
    shown = send(admin, open_form(admin, page_of(forgot), "/password"))
    [password] = CODE.findall(shown.get_data(as_text=True))
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    assert password not in admin.get(page_of(forgot)).get_data(as_text=True)
    assert theirs.get("/").status_code in (302, 401)  # whoever was signed in is out
    assert sign_in_anew(web, "officer", password) == 303
    assert sign_in_anew(web, "officer", password) == 422  # it was good once
    assert "đặt lại mật khẩu" in admin.get(page_of(forgot)).get_data(as_text=True)


def test_an_account_is_closed_and_opened_again(web: Web, intake: SqlStore, database: Database) -> None:
    an_open_cycle(intake)
    who = web.with_account(officer())
    admin = web.browser(administrator())
    assert send(admin, open_form(admin, page_of(who), "/state")).status_code == 303
    assert states(database)["officer"][0] is False
    assert send(admin, open_form(admin, page_of(who), "/state")).status_code == 303
    assert states(database)["officer"][0] is True


def test_an_office_is_handed_over_with_its_drafts_and_items(
    web: Web, intake: SqlStore, database: Database, employ: Employ
) -> None:
    an_open_cycle(intake)
    old = employ("Sở Tài chính")
    login = f"dept-{old.account}"
    assign(intake, officer(), CYCLE, "HN", [Assignment("C2", old.account)], 0)
    save_items(intake, old, CYCLE, "HN", [said("C2", 3, 15)], 1)
    admin = web.browser(administrator())
    form = open_form(admin, page_of(old), "/handover")
    wrong = send(admin, form, login="Lan Mới", document_number="", from_on="")
    assert wrong.status_code == 422
    given = {"login": "lan.moi", "name": "Lan Mới", "from_on": "2026-11-22", "document_number": "12/QĐ-STC"}
    nameless = send(admin, form, **{**given, "name": ""})
    assert (nameless.status_code, "lan.moi" in states(database)) == (422, False)
    done = send(admin, form, **given)
    [password] = CODE.findall(done.get_data(as_text=True))
    assert states(database)[login] == (False, [])
    assert states(database)["lan.moi"] == (True, ["contributor"])
    assert sign_in_anew(web, "lan.moi", password) == 303
    # The draft stands where it stood; what was assigned is the successor's now, and a stranger's no more.
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    assert (draft.version, draft.claim("C2").value, draft.contributions["C2"].name) == (2, 3.0, "Lan Mới")
    with database.reader() as connection:
        identity = str(connection.execute(sa.select(account.c.id).where(account.c.login == "lan.moi")).scalar_one())
    successor = person(Grant(Role.CONTRIBUTOR, COUNCIL, units=("HN",)), account=identity, name="Lan Mới")
    save_items(intake, successor, CYCLE, "HN", [said("C2", 4, 20)], 2)
    with pytest.raises(Refusal):
        save_items(intake, old, CYCLE, "HN", [said("C2", 5, 20)], 3)
    with intake.view() as view:
        actions = [row.action for row in view.history.of(f"assessment:{CYCLE}/HN")]
        assert "items_passed_on" in actions
        taken_over = next(row for row in view.history.of(f"account:{identity}") if row.action == "office_handed_over")
        assert taken_over.details["document"] == "12/QĐ-STC"
    shown = admin.get(page_of(old)).get_data(as_text=True)
    assert ("12/QĐ-STC" in shown, "/handover" in shown) == (True, False)


def test_a_handover_waits_for_its_day(
    web: Web, intake: SqlStore, database: Database, account_store: SqlAccountStore, clock: FrozenClock
) -> None:
    an_open_cycle(intake)
    old, new = web.with_account(officer()), web.with_account(officer("HP", account="binh", name="Lê Bình"))
    given = GivenHandover("binh", "", datetime(2026, 12, 1, tzinfo=UTC).date(), "9/QĐ")
    done = hand_over(account_store, administrator(), COUNCIL, old.account, given)
    assert (done.password, done.successor.id, done.handover.done_at) == (None, new.account, None)
    with pytest.raises(Refusal) as refused:
        hand_over(account_store, administrator(), COUNCIL, old.account, given)
    assert refused.value.code == "handed_over"
    app = Celery("test", set_as_current=False)
    task = register_tasks(app, surroundings(intake, account_store=account_store))["intake.carry_out_handovers"]
    task()
    assert states(database)["officer"] == (True, ["province_officer"])
    clock.forward(days=10)
    task()
    task()
    assert states(database)["officer"] == (False, [])
    assert states(database)["binh"] == (True, ["province_officer", "province_officer"])
    with intake.view() as view:
        actions = [row.action for row in view.history.of(f"account:{new.account}")]
    assert actions == ["office_handed_over", "handover_recorded"]


def test_an_office_does_not_go_to_whom_it_cannot(
    web: Web, intake: SqlStore, database: Database, account_store: SqlAccountStore
) -> None:
    an_open_cycle(intake)
    old = web.with_account(officer())
    stranger = person(Grant(Role.PROVINCE_OFFICER, "ha-noi", units=("X1",)), account="nguoi-la", name="Người Lạ")
    web.with_account(stranger)
    day = datetime(2026, 11, 22, tzinfo=UTC).date()
    for login, kind in (("officer", BadInput), ("nguoi-la", Refusal)):
        with pytest.raises(kind):
            hand_over(account_store, administrator(), COUNCIL, old.account, GivenHandover(login, "A", day, "1/QĐ"))
    with pytest.raises(Refusal):
        hand_over(account_store, officer(), COUNCIL, old.account, GivenHandover("moi", "A", day, "1/QĐ"))
    with pytest.raises(Refusal):
        hand_over(account_store, administrator("ha-noi"), "ha-noi", old.account, GivenHandover("moi", "A", day, "1/QĐ"))
    assert "moi" not in states(database)
    assert states(database)["officer"] == (True, ["province_officer"])


def test_handovers_by_api(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    old = web.with_account(officer())
    api = web.api(administrator())
    path = f"/v1/councils/{COUNCIL}/accounts/{old.account}"
    body = {"login": "moi.hn", "name": "Người Mới", "from_on": "2026-12-31", "document_number": "1/QĐ"}
    made = api.post(f"{path}/handovers", json=body)
    assert (made.status_code, made.get_json()["done_at"]) == (201, None)
    assert re.fullmatch(r"[a-z2-9-]{19}", made.get_json()["password"])
    [shown] = api.get(f"{path}/handovers").get_json()["handovers"]
    assert (shown["document_number"], "password" in shown) == ("1/QĐ", False)
    # The successor's account opens on the day, not before.
    early = {"login": "moi.hn", "password": made.get_json()["password"]}
    assert web.app.test_client().post("/v1/tokens", json=early).status_code == 401
    reset = api.post(f"{path}/password-resets")
    assert re.fullmatch(r"[a-z2-9-]{19}", reset.get_json()["password"])
    assert web.api(department("x")).post(f"{path}/password-resets").status_code == 403
