"""Accounts by Excel: the workbook, its faults at their cells, all accounts or none, passwords shown once."""

import re
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from openpyxl import load_workbook

from services.intake.people.tables import account
from services.intake.store import SqlStore
from shared.plumbing.database import Database
from tests.builders.intake import COUNCIL, a_directory, administrator, officer
from tests.integration.intake.forms import forms_of, open_form, send
from tests.integration.intake.web import Web

PAGE = f"/administration/{COUNCIL}/accounts"
CHOSEN = "mưa xuân bay nhẹ"
ROWS = (
    ("lan.hn", "Nguyễn Thị Lan", "province_officer", "HN", None, None),
    ("lan.hn", "Nguyễn Thị Lan", "signing_leader", "HN; HP", None, None),
    ("tham.dinh", "Phạm Thẩm Định", "Reviewer", None, "K1", None),
)


def logins(database: Database) -> set[str]:
    with database.reader() as connection:
        return set(connection.execute(sa.select(account.c.login)).scalars())


def brought(browser: Any, *rows: tuple[Any, ...]) -> Any:
    """The page after a workbook with these rows was brought."""
    book = load_workbook(BytesIO(browser.get(f"{PAGE}/workbook").data))
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            book.worksheets[0].cell(number, column).value = value
    out = BytesIO()
    book.save(out)
    form = open_form(browser, PAGE, "/accounts")
    return browser.post(form.action, data={**form.fields, "file": (BytesIO(out.getvalue()), "tài khoản.xlsx")})


def test_accounts_are_looked_at_and_then_made(web: Web, intake: SqlStore, database: Database) -> None:
    a_directory(intake)
    admin = web.browser(administrator())
    preview = brought(admin, *ROWS)
    assert preview.status_code == 200, preview.get_data(as_text=True)
    assert "lan.hn" not in logins(database)
    [form] = [form for form in forms_of(preview) if form.action.endswith("/create")]
    made = send(admin, form)
    page = made.get_data(as_text=True)
    passwords = re.findall(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>", page)
    assert (made.status_code, len(passwords), len(set(passwords))) == (200, 2, 2)
    assert made.headers["Cache-Control"] == "no-store"
    token = web.app.test_client().post("/v1/tokens", json={"login": "lan.hn", "password": passwords[0]})
    assert (token.status_code, "password-once" in token.get_json()["type"]) == (401, True)
    # What was shown once opens the account by choosing another password, and only so.
    person = web.app.test_client()
    asked = send(person, open_form(person, "/session/sign-in"), login="lan.hn", password=passwords[0])
    [choose] = [form for form in forms_of(asked) if "new_password" in form.fields]
    for chosen, repeated in ((passwords[0], passwords[0]), ("ngắn", "ngắn"), (CHOSEN, "khác hẳn thế này")):
        refused = send(person, choose, password=passwords[0], new_password=chosen, repeated_password=repeated)
        assert refused.status_code == 422
    chosen_now = send(person, choose, password=passwords[0], new_password=CHOSEN, repeated_password=CHOSEN)
    assert chosen_now.status_code == 303
    token = web.app.test_client().post("/v1/tokens", json={"login": "lan.hn", "password": CHOSEN})
    assert token.status_code == 201
    # Once more: the names are taken, and nothing is made by half.
    again = send(admin, form, accounts=form.fields["accounts"].replace("tham.dinh", "moi.toanh"))
    assert again.status_code == 422
    assert "moi.toanh" not in logins(database)
    assert "Phạm Thẩm Định" in admin.get(PAGE).get_data(as_text=True)


def test_faults_are_at_their_cells_and_nothing_is_made(web: Web, intake: SqlStore, database: Database) -> None:
    a_directory(intake)
    admin = web.browser(administrator())
    before = logins(database)
    answer = brought(
        admin,
        ("Lan Hà Nội", "Nguyễn Thị Lan", "Reviewer", None, None, None),
        ("ok.name", "Trần Văn A", "vua", None, None, None),
        ("ok.two", "Trần Văn B", "province_officer", "XX", None, None),
        ("ok.three", "Trần Văn C", "province_officer", None, None, None),
        ("ok.four", "=1+1", "Reviewer", None, "K9", None),
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for cell in ("C3", "D4", "D5", "B6", "E6"):
        assert f"!{cell}</strong>" in page, cell
    # A sign-in name that cannot be one is found once the cells can be read.
    login = brought(admin, ("Lan Hà Nội", "Nguyễn Thị Lan", "Reviewer", None, None, None))
    assert (login.status_code, "!A2</strong>" in login.get_data(as_text=True)) == (422, True)
    assert brought(admin).status_code == 422
    assert logins(database) == before


def test_nobody_lists_accounts_of_another_council(web: Web, intake: SqlStore, database: Database) -> None:
    a_directory(intake)
    stranger = web.browser(administrator("ha-noi"))
    assert stranger.get(PAGE).status_code == 404
    assert web.browser(officer()).get(PAGE).status_code == 403
    admin = web.browser(administrator())
    [form] = [form for form in forms_of(brought(admin, ROWS[2])) if form.action.endswith("/create")]
    # What the form carries is checked again: a role in another council is not given.
    other = send(admin, form, accounts=form.fields["accounts"].replace(COUNCIL, "ha-noi"))
    assert (other.status_code, "tham.dinh" in logins(database)) == (422, False)
    assert send(admin, form, accounts="{]").status_code == 422
