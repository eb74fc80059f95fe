"""Shared work through pages and API, and many people at once on PostgreSQL."""

from collections.abc import Callable

from services.intake.assessments.actions import save_items
from services.intake.assessments.queries import read_draft
from services.intake.contributions.actions import assign
from services.intake.contributions.model import Assignment
from services.intake.store import SqlStore
from shared.contracts.refusals import Kind, Refusal
from shared.people import Actor
from tests.builders.intake import CYCLE, an_open_cycle, leader, officer, said
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.test_at_once import together
from tests.integration.intake.web import Web

PAGE = f"/cycles/{CYCLE}/units/HN/contributions"
API = f"/v1/cycles/{CYCLE}/units/HN/draft/contributions"
Employ = Callable[..., Actor]


def test_the_officer_assigns_and_the_department_hands_in(web: Web, intake: SqlStore, employ: Employ) -> None:
    an_open_cycle(intake)
    finance = employ("Sở Tài chính")
    lan, dept = web.browser(officer()), web.browser_of(finance)
    form = open_form(lan, PAGE, "/contributions")
    late = send(lan, form, account__C2=finance.account, due__C2="2027-02-01")
    assert (late.status_code, "muộn hơn hạn nộp" in late.get_data(as_text=True)) == (422, True)
    assert send(lan, form, account__C2=finance.account, due__C2="2026-12-01").status_code == 303
    again = send(lan, form, account__C2="", due__C2="x")
    assert again.status_code == 422
    fill = open_form(dept, f"/cycles/{CYCLE}/units/HN")
    assert [name for name in fill.fields if name.endswith(".value")] == ["items.C2.value"]
    assert send(dept, fill, value__C2="3", self_points__C2="15").status_code == 303
    steps = open_form(dept, PAGE, "/steps")
    assert send(dept, steps, state="supplied").status_code == 422  # nothing chosen
    assert send(dept, steps, state="supplied", criterion="C2").status_code == 303
    steps = open_form(lan, PAGE, "/steps")
    assert send(lan, steps, state="returned", criterion="C2").status_code == 422
    assert send(lan, steps, state="accepted", criterion="C2").status_code == 303
    page = dept.get(f"/cycles/{CYCLE}/units/HN").get_data(as_text=True)
    assert 'name="items.C2.value"' not in page
    assert "Sở Tài chính" in web.browser(leader()).get(f"/cycles/{CYCLE}/units/HN/send").get_data(as_text=True)


def test_programs_share_the_work_too(web: Web, intake: SqlStore, employ: Employ) -> None:
    an_open_cycle(intake)
    finance = employ("Sở Tài chính")
    lan, dept = web.api(officer()), web.api_of(finance)
    assert lan.get(API).get_json()["contributors"] == [{"account": finance.account, "name": "Sở Tài chính"}]
    given = {"assignments": [{"criterion": "C2", "account": finance.account, "due_on": "2026-12-01"}]}
    assert lan.put(API, json=given, headers={"If-Match": '"0"'}).headers["ETag"] == '"1"'
    assert dept.put(API, json=given, headers={"If-Match": '"1"'}).status_code == 403
    changed = {"assignments": [{"criterion": "C2", "account": None}]}
    assert lan.put(API, json=changed, headers={"If-Match": '"0"'}).status_code == 412
    item = f"/v1/cycles/{CYCLE}/units/HN/draft/items/C2"
    assert dept.put(item, json={"value": 3, "self_points": 15}, headers={"If-Match": '"1"'}).status_code == 200
    done = dept.post(f"{API}/steps", json={"criteria": ["C2"], "state": "supplied"}, headers={"If-Match": '"2"'})
    assert done.get_json()["contributions"][0]["state"] == "supplied"
    bare = lan.post(f"{API}/steps", json={"criteria": ["C2"], "state": "returned"}, headers={"If-Match": '"3"'})
    assert bare.status_code == 422


def test_many_hands_at_once_lose_nothing(intake: SqlStore, employ: Employ) -> None:
    an_open_cycle(intake)
    people = [employ(f"Sở {number}") for number in range(4)]
    codes = ["C1", "C2", "C3", "B1"]
    results = together(
        *(
            lambda code=code, one=one: assign(
                intake, officer(account=code), CYCLE, "HN", [Assignment(code, one.account)], 0
            )
            for code, one in zip(codes, people, strict=True)
        )
    )
    assert not [one for one in results if isinstance(one, Refusal)]
    # Now the same item by two officers, while all departments type.
    version = read_draft(intake, officer(), CYCLE, "HN").draft.version
    results = together(
        *(
            lambda n=n: assign(
                intake, officer(account=f"o{n}"), CYCLE, "HN", [Assignment("C4", people[n].account)], version
            )
            for n in range(2)
        ),
        *(
            lambda code=code, one=one: save_items(intake, one, CYCLE, "HN", [said(code, 1)], version)
            for code, one in zip(codes, people, strict=True)
        ),
    )
    refused = [one for one in results if isinstance(one, Refusal)]
    assert [one.kind for one in refused] == [Kind.STALE]
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    assert set(draft.contributions) == {*codes, "C4"}
    assert set(draft.claims) == set(codes)
