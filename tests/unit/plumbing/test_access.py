"""Who comes in: the table is whole, the guard holds every request to it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import g

from shared.people import ANONYMOUS, Actor, ActorKind, Grant, Role
from shared.web.access import Access, public, roles, services, signed_in
from tests.unit.plumbing.web import ACCESS, OFFICER, REVIEWER, House, build

SERVICE = Actor("ranking", "", kind=ActorKind.SERVICE)
CLIENT = Actor("acc-9", "API", (), (Grant(Role.REVIEWER, "central"),), kind=ActorKind.CLIENT)


@pytest.fixture(scope="module")
def shared_house() -> House:
    return build()


@pytest.fixture
def house(shared_house: House) -> House:
    shared_house.revoked.clear()
    shared_house.clock.moment = shared_house.clock.moment.replace(hour=5, minute=0, second=0)
    return shared_house


# --- rules


@pytest.mark.parametrize(
    ("rule", "admitted"),
    [
        (public(), {"nobody", "reviewer", "officer", "service", "client"}),
        (signed_in(), {"reviewer", "officer", "client"}),
        (roles(Role.REVIEWER), {"reviewer", "client"}),
        (services("ranking"), {"service"}),
        (services("intake"), set()),
        (roles(Role.PROVINCE_OFFICER) | services("ranking"), {"officer", "service"}),
        (Access(), set()),
    ],
)
def test_a_rule_admits_whom_it_names(rule: Access, admitted: set[str]) -> None:
    people = {"nobody": ANONYMOUS, "reviewer": REVIEWER, "officer": OFFICER, "service": SERVICE, "client": CLIENT}
    assert {name for name, actor in people.items() if rule.admits(actor)} == admitted


def test_a_rule_that_names_nobody_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="role"):
        roles()
    with pytest.raises(ValueError, match="service"):
        services()


# --- the table


def test_an_endpoint_without_rule_stops_the_start() -> None:
    with pytest.raises(RuntimeError, match=r"sample\.queue"):
        build({name: rule for name, rule in ACCESS.items() if name != "sample.queue GET"})


def test_a_rule_for_an_unknown_endpoint_stops_the_start() -> None:
    with pytest.raises(RuntimeError, match=r"sample\.vanished"):
        build({**ACCESS, "sample.vanished GET": public()})


def test_a_method_without_rule_stops_the_start() -> None:
    with pytest.raises(RuntimeError, match=r"without access rule: sample\.form POST$"):
        build({name: rule for name, rule in ACCESS.items() if name != "sample.form POST"})


@pytest.mark.parametrize(
    "extra", ["sample.queue POST", "sample.queue HEAD", "sample.queue OPTIONS", "sample.queue get"]
)
def test_a_rule_for_a_method_that_is_not_served_stops_the_start(extra: str) -> None:
    with pytest.raises(RuntimeError, match=rf"unknown endpoints or methods: {extra}"):
        build({**ACCESS, extra: public()})


@pytest.mark.parametrize("extra", ["sample.form GET POST", "sample.home GET GET"])
def test_two_rules_for_one_method_stop_the_start(extra: str) -> None:
    with pytest.raises(RuntimeError, match="two access rules"):
        build({**ACCESS, extra: public()})


def test_each_method_has_its_own_rule() -> None:
    house = build(
        {
            **{name: rule for name, rule in ACCESS.items() if not name.startswith("sample.form")},
            "sample.form GET": signed_in(),
            "sample.form POST": roles(Role.REVIEWER),
        }
    )
    officer = house.machine(house.intake.person_token(OFFICER))
    reviewer = house.machine(house.intake.person_token(REVIEWER))
    assert (officer.get("/form").status_code, officer.head("/form").status_code) == (200, 200)
    assert officer.post("/form", data={"note": "x"}).status_code == 403
    assert reviewer.post("/form", data={"note": "x"}).status_code == 200


def test_head_follows_the_rule_of_get(house: House) -> None:
    assert house.machine(house.intake.person_token(OFFICER)).head("/queue").status_code == 403
    assert house.machine(house.intake.person_token(REVIEWER)).head("/queue").status_code == 200


def test_a_template_asks_by_endpoint_and_method(house: House) -> None:
    asked = {}
    for name in ("sample.queue", "sample.queue GET", "sample.form POST", "sample.write POST"):
        with house.app.test_request_context("/"):
            g.actor = OFFICER
            asked[name] = house.app.jinja_env.globals["may_enter"](name)
    assert asked == {
        "sample.queue": False,
        "sample.queue GET": False,
        "sample.form POST": True,
        "sample.write POST": True,
    }
    with house.app.test_request_context("/"), pytest.raises(KeyError):
        house.app.jinja_env.globals["may_enter"]("sample.write")


def test_an_endpoint_added_behind_the_guards_back_stays_shut() -> None:
    house = build()
    house.app.add_url_rule("/late", "late", lambda: "secret")
    assert house.machine(house.intake.person_token(REVIEWER)).get("/late").status_code == 403


# --- programs


def test_a_bearer_token_opens_the_door_it_is_for(house: House) -> None:
    answer = house.machine(house.intake.person_token(REVIEWER)).get("/queue")
    assert (answer.status_code, answer.json) == (200, {"account": "acc-1"})
    assert house.machine(house.ranking.service_token("verify")).get("/v1/scores").json == {"account": "ranking"}


def test_without_token_a_program_is_told_to_authenticate(house: House) -> None:
    answer = house.machine().get("/v1/scores")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["type"] == "urn:cong-tam:token-missing"


def test_the_wrong_role_or_service_is_refused(house: House) -> None:
    for token in (house.intake.person_token(OFFICER), house.ranking.service_token("verify")):
        answer = house.machine(token).get("/queue")
        assert answer.status_code == 403
        assert answer.json is not None
        assert answer.json["type"] == "urn:cong-tam:not-allowed"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x.y.z", "Basic YTpi", "", "token"])
def test_a_broken_authorization_header_is_never_ignored(house: House, header: str) -> None:
    """Not on public endpoints, and not in favour of a good cookie either."""
    client = house.browser(REVIEWER)
    for path in ("/", "/queue"):
        assert client.get(path, headers={"Authorization": header}).status_code == 401


def test_an_expired_bearer_token_is_refused(house: House) -> None:
    client = house.machine(house.intake.person_token(REVIEWER))
    house.clock.forward(seconds=601)
    answer = client.get("/queue")
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["type"] == "urn:cong-tam:token-expired"


def test_a_revoked_token_is_refused_though_it_has_not_expired(house: House) -> None:
    client = house.machine(house.intake.person_token(REVIEWER))
    assert client.get("/queue").status_code == 200
    house.revoked.add("acc-1")
    answer = client.get("/queue")
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["type"] == "urn:cong-tam:token-revoked"


def test_services_are_never_asked_about_revocation(house: House) -> None:
    house.revoked.add("ranking")
    assert house.machine(house.ranking.service_token("verify")).get("/v1/scores").status_code == 200


# --- browsers


def test_a_cookie_signs_a_person_in(house: House) -> None:
    assert house.browser(REVIEWER).get("/queue").json == {"account": "acc-1"}


def test_a_client_token_is_no_cookie(house: House) -> None:
    client = house.browser()
    client.set_cookie("cong_tam_token", house.intake.person_token(CLIENT))
    house.clock.forward(seconds=60)
    assert client.get("/queue").status_code == 302


def test_a_browser_without_token_is_sent_to_fetch_one_and_comes_back(house: House) -> None:
    answer = house.browser(prefix="/verify").get("/queue?page=2")
    assert answer.status_code == 302
    target = urlsplit(answer.headers["Location"])
    assert (target.netloc, target.path) == ("", "/intake/session/renew")
    assert parse_qs(target.query) == {"next": ["/verify/queue?page=2"]}


@pytest.mark.parametrize("reason", ["expired", "revoked"])
def test_a_browser_whose_token_ended_is_sent_to_renew(house: House, reason: str) -> None:
    client = house.browser(REVIEWER)
    house.clock.forward(seconds=601 if reason == "expired" else 60)
    if reason == "revoked":
        house.revoked.add("acc-1")
    assert client.get("/queue").status_code == 302


def test_a_form_sent_with_an_expired_token_keeps_what_was_typed(house: House) -> None:
    client = house.browser(REVIEWER)
    house.clock.forward(seconds=601)
    answer = client.post("/form", data={"note": "two hours of typing"})
    # 307 makes the browser send the same body again, to intake and then back here.
    assert answer.status_code == 307
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": ["/form"]}


def test_a_token_refused_right_after_it_was_signed_does_not_send_the_browser_in_circles(house: House) -> None:
    client = house.browser(REVIEWER)
    house.revoked.add("acc-1")
    assert client.get("/queue").status_code == 401


def test_a_stale_cookie_on_a_public_page_means_nobody_in_particular(house: House) -> None:
    client = house.browser(REVIEWER)
    house.clock.forward(seconds=601)
    assert client.get("/").json == {"account": ""}


def test_a_browser_on_an_api_path_gets_a_problem_not_a_redirect(house: House) -> None:
    assert house.browser().get("/v1/scores").status_code == 401


# --- forgery


def test_a_cookie_alone_changes_nothing(house: House) -> None:
    client = house.browser(REVIEWER)
    for path in ("/form", "/v1/write"):
        answer = client.post(path, data={"note": "forged"})
        assert answer.status_code == 403
    api = client.post("/v1/write", json={}, headers={"Accept": "application/json"})
    assert api.json is not None
    assert api.json["type"] == "urn:cong-tam:form-not-ours"


def test_a_form_with_its_token_is_taken(house: House) -> None:
    client = house.browser(REVIEWER)
    token = csrf_of(client.get("/form").text)
    assert client.post("/form", data={"note": "đúng", "csrf_token": token}).json == {"note": "đúng"}
    assert client.post("/v1/write", json={}, headers={"X-CSRFToken": token}).status_code == 200


def test_a_form_from_another_site_is_refused_even_with_a_token(house: House) -> None:
    client = house.browser(REVIEWER)
    token = csrf_of(client.get("/form").text)
    data = {"note": "x", "csrf_token": token}
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)):
        assert client.post("/form", data=data, headers={"Sec-Fetch-Site": site}).status_code == status


def test_another_sessions_form_token_is_worth_nothing(house: House) -> None:
    stolen = csrf_of(house.browser(OFFICER).get("/form").text)
    victim = house.browser(REVIEWER)
    victim.get("/form")
    assert victim.post("/form", data={"note": "x", "csrf_token": stolen}).status_code == 403


def test_a_form_stays_good_for_an_afternoon(house: House) -> None:
    client = house.browser(REVIEWER)
    token = csrf_of(client.get("/form").text)
    house.clock.forward(hours=5)
    client.set_cookie("cong_tam_token", house.intake.person_token(REVIEWER))
    assert client.post("/form", data={"note": "late", "csrf_token": token}).status_code == 200


def test_bearer_tokens_need_no_form_token(house: House) -> None:
    assert house.machine(house.intake.person_token(REVIEWER)).post("/v1/write").status_code == 200


def test_doors_that_carry_their_own_proof_need_no_form_token(house: House) -> None:
    assert house.machine().post("/v1/open").status_code == 200


def csrf_of(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


# --- other methods


def test_head_is_held_to_the_rule_and_options_only_lists_methods(house: House) -> None:
    assert house.machine().head("/v1/scores").status_code == 401
    assert house.machine(house.intake.person_token(REVIEWER)).head("/v1/scores").status_code == 200
    answer = house.machine().options("/v1/scores")
    assert answer.status_code == 200
    assert "account" not in answer.text


def test_unknown_addresses_and_methods_are_answered_as_such(house: House) -> None:
    assert house.machine().get("/nowhere").status_code == 404
    assert house.machine().post("/queue").status_code == 405


def test_health_asks_nobody_who_they_are(house: House) -> None:
    assert house.machine("nonsense").get("/health/live").status_code == 200
