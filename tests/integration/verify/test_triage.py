"""What hangs on claims, capacity, random audits, joint acceptances, and what the screening was worth."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from services.verify.cli import main as command
from services.verify.renewal.queries import earlier_cycles
from services.verify.results import tables as result_tables
from services.verify.store import SqlStore
from services.verify.triage import tables as triage_tables
from services.verify.triage.actions.audits import draw_due_audits
from shared.people import Role
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, LEAD, REVIEWER, STRANGER, SUPPORT, Town, person
from tests.integration.verify.rounds import Round

FIGURES = {"AA": 90.0, "BB": 70.0, "CC": 50.0, "DD": 30.0}
CRITERIA = ("C1", "C2", "C3")
PLAN = {
    "items_per_day": 4,
    "reviewer_days": 1,
    "materiality": None,
    "set_aside": 0.0,
    "light_share": 0.2,
    "medium_share": 0.6,
    "full_share": 1.0,
    "medium_from": 2,
    "full_from": 5,
    "lapses_after": 3,
    "reason": "Thử nghiệm.",
}


def measured() -> dict[str, Any]:
    """Three criteria of 100 points with a `same` source each; every claim needs a document."""
    document = says.framework()
    source = {"id": "jee", "relation": "same", "tolerance": {"absolute": 5}}
    for criterion in document["criteria"]:
        criterion |= {"evidence": "required", "sources": [source | {"indicator": criterion["code"]}]}
    return document


def cycle(name: str = "ihr-2018", **changes: Any) -> dict[str, Any]:
    clusters = changes.pop("clusters", None)
    recorded = says.cycle(name, {"NORTH": list(FIGURES)}, **{"framework": measured(), **changes})
    return recorded if clusters is None else recorded | {"clusters": clusters}


class Measured(Round):
    """Four units of one cluster with a figure for every claim; CC and DD name no document."""

    framework: Mapping[str, Any] | None = None

    def play(
        self, name: str = "ihr-2018", period: str = "2018", claims: Mapping[str, float] | None = None, **changes: Any
    ) -> None:
        """Everybody sends; AA claims what is in `claims`, CC and DD 0.2 more than their figures."""
        recorded = cycle(name, period=period, **({"framework": self.framework} if self.framework else {}), **changes)
        self.intake.records(recorded)
        self.drain()
        rows = [f"{unit},{code},{period},{figure}" for unit, figure in FIGURES.items() for code in CRITERIA]
        self.figures("\n".join(["unit,indicator,period,value", *rows]) + "\n", cycle=name)
        for unit, figure in FIGURES.items():
            own = dict.fromkeys(CRITERIA, figure + (0.2 if unit in ("CC", "DD") else 0.0))
            own |= (claims or {}) if unit == "AA" else {}
            document = says.DOCUMENT | {"sha256": unit.lower() * 32, "document_number": f"12/BC-{unit}"}
            evidence = () if unit in ("CC", "DD") else (document,)
            self.intake.receives(says.submission(unit, own, cycle=recorded, evidence=evidence))
        self.settle_down()

    def close(self, name: str = "ihr-2018", period: str = "2018", state: str = "intake_closed") -> None:
        self.intake.records(cycle(name, period=period, state=state))
        self.settle_down()

    def get(self, path: str, actor: Any = REVIEWER, status: int = 200) -> Any:
        answer = self.town.client(actor).get(path)
        assert answer.status_code == status, answer.json
        return answer.json

    def post(self, path: str, body: Any = None, actor: Any = LEAD, status: int = 201) -> Any:
        answer = self.town.client(actor).post(path, json=body)
        assert answer.status_code == status, answer.json
        return answer.json

    def decide(self, unit: str, criterion: str, name: str = "ihr-2018", **proposal: Any) -> None:
        path = f"/v1/cycles/{name}/units/{unit}/items/{criterion}"
        body = {"verdict": "accept", "reason": "Kiểm tra.", "document_number": "1/BC"} | proposal
        self.post(f"{path}/decisions", body | {"version": self.get(path)["version"]}, REVIEWER)


@pytest.fixture
def world(database: Database, intake: Intake, drain: Callable[[], int], town: Town) -> Measured:
    return Measured(database, intake, drain, town)


def items(world: Measured, query: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    listed = world.get(f"/v1/cycles/ihr-2018/items?limit=100{query}")["items"]
    return {(item["unit"], item["criterion"]): item for item in listed}


# --- what hangs on a claim ----------------------------------------------------------------------------------------


def test_priority_is_suspicion_times_what_hangs_on_the_claim(world: Measured) -> None:
    world.play(claims={"C1": 20.0, "C2": 95.1})
    found = items(world)
    # AA claims 205.1 in all and stands behind BB's 210; its C2 would fall by 5.1 without a change of place.
    conflict = found["AA", "C2"]
    assert (conflict["stake_basis"], conflict["points_lost"]) == ("same", pytest.approx(5.1))
    assert (conflict["rank_before"], conflict["rank_after"], conflict["ranks_changed"]) == (2, 2, 0)
    assert conflict["priority"] == pytest.approx(conflict["suspicion"] * 5.1)
    assert found["AA", "C1"]["points_lost"] is None  # claimed too low: nothing would fall
    assert found["AA", "C1"]["priority"] == 0
    order = [(item["priority"], item["unit"], item["criterion"]) for item in found.values()]
    assert [p for p, _, _ in order] == sorted((p for p, _, _ in order), reverse=True)
    assert {unit for (unit, _), item in found.items() if item["contender"]} == {"AA"}  # 270 at least


def test_a_decision_moves_what_hangs_on_the_rest_of_its_cluster_without_a_new_version(world: Measured) -> None:
    # BB would come first only if AA's C1 falls: 270 against 210.
    world.play(claims={"C1": 10.0, "C2": 96.0, "C3": 90.0})
    before = items(world)
    assert before["AA", "C2"]["rank_before"] == 2
    world.decide("AA", "C1", verdict="reject")  # the source's 90 counts, once a second person has signed so much
    path = "/v1/cycles/ihr-2018/units/AA/items/C1"
    world.post(f"{path}/countersignature", {"verdict": "sign", "version": world.get(path)["version"]}, LEAD)
    after = items(world)
    assert after["AA", "C1"]["counted_points"] == 90.0
    assert (after["AA", "C2"]["rank_before"], after["AA", "C2"]["version"]) == (1, before["AA", "C2"]["version"])
    assert after["AA", "C2"]["points_lost"] == pytest.approx(6.0)


def test_a_leader_that_falls_moves_its_whole_cluster(world: Measured) -> None:
    relative = measured()
    relative["criteria"][0]["rule"] = {"name": "share_of_best"}
    world.framework = relative
    world.play(claims={"C1": 140.0})
    found = items(world)["AA", "C1"]
    # Of the best: 100, 50, 35.9, 21.6 points. At AA's 90 the others rise to 77.8, 55.8 and 33.6; AA itself stays best.
    assert (found["points_lost"], found["rank_after"], found["first_changes"]) == (0.0, 1, False)
    assert found["others_moved"] == pytest.approx(27.78 + 19.92 + 11.98, abs=0.02)


def test_items_that_wait_for_a_late_figure_say_so(review_round: Round) -> None:
    client = review_round.town.client(REVIEWER)
    item = client.get("/v1/cycles/ihr-2018/units/CC/items/C1").json
    assert (item["awaited"], item["stake_basis"]) == (True, "none")
    assert not client.get("/v1/cycles/ihr-2018/units/AA/items/C1").json["awaited"]
    page = review_round.town.browser(REVIEWER).get("/cycles/ihr-2018/units/CC/items/C1").text
    assert "Còn chờ số liệu kỳ này của nguồn." in page


# --- capacity and filters -----------------------------------------------------------------------------------------


def test_the_queue_shows_where_capacity_ends(world: Measured) -> None:
    world.play(claims={"C1": 99.0})
    assert world.get("/v1/cycles/ihr-2018/plan")["version"] == 0
    assert world.get("/v1/cycles/ihr-2018")["capacity"]["line"] is None  # seven items, 200 fit
    assert world.post("/v1/cycles/ihr-2018/plan", PLAN, ADMINISTRATOR) == {"version": 1}
    found = world.get("/v1/cycles/ihr-2018")["capacity"]
    queue = world.get("/v1/cycles/ihr-2018/items?state=open")["items"]
    assert (found["capacity"], found["above"], found["below"]) == (4, 4, len(queue) - 4)
    assert found["line"] == {name: queue[4][name] for name in ("priority", "unit", "criterion")}
    page = world.town.browser(REVIEWER, "en").get("/cycles/ihr-2018/queue").text
    assert page.index(f"/units/{queue[3]['unit']}/items/{queue[3]['criterion']}") < page.index("Capacity ends here.")
    assert page.index("Capacity ends here.") < page.index(f"/units/{queue[4]['unit']}/items/{queue[4]['criterion']}")
    world.decide(queue[0]["unit"], queue[0]["criterion"])
    assert world.get("/v1/cycles/ihr-2018")["capacity"]["remaining"] == 3


def test_the_queue_is_filtered(world: Measured) -> None:
    world.play(claims={"C1": 99.0})
    assert set(items(world, "&contender=true&state=open")) == {("AA", "C1")}
    assert {unit for unit, _ in items(world, "&code=EVIDENCE_MISSING")} == {"CC", "DD"}
    assert set(items(world, "&code=SOURCE_CONFLICT")) == {("AA", "C1")}
    assert ("AA", "C1") not in items(world, "&minor=true")
    assert ("CC", "C1") in items(world, "&minor=true&state=open")
    assert items(world, "&audit=true") == items(world, "&risk_class=light") == {}
    world.get("/v1/cycles/ihr-2018/items?code=NONSENSE", status=422)
    path = "/cycles/ihr-2018/queue?contender=1&code=SOURCE_CONFLICT&minor=1&audit=1&risk_class=full"
    assert world.town.browser(REVIEWER).get(path).status_code == 200


def test_only_administrators_set_the_plan_and_they_decide_on_nothing(world: Measured) -> None:
    world.play()
    world.post("/v1/cycles/ihr-2018/plan", PLAN, LEAD, 403)
    world.post("/v1/cycles/ihr-2018/plan", PLAN, STRANGER, 403)
    refused = world.post("/v1/cycles/ihr-2018/plan", PLAN | {"light_share": 0.9}, ADMINISTRATOR, 422)
    assert refused["type"] == "urn:cong-tam:plan-contradicts-itself"
    world.post("/v1/cycles/ihr-2018/plan", PLAN | {"items_per_day": 5.5}, ADMINISTRATOR, 422)
    for version in (1, 2):
        assert world.post("/v1/cycles/ihr-2018/plan", PLAN, ADMINISTRATOR) == {"version": version}
    kept = world.get("/v1/cycles/ihr-2018/plan", SUPPORT)
    assert (kept["version"], kept["reason"], kept["plan"]["materiality"]) == (2, "Thử nghiệm.", None)
    assert len(world.rows(triage_tables.review_plan)) == 2


# --- random audits ------------------------------------------------------------------------------------------------


def draw(world: Measured, actor: Any = LEAD, status: int = 201) -> Any:
    return world.post("/v1/cycles/ihr-2018/audits", None, actor, status)


def test_audits_are_drawn_once_by_a_salt_that_nobody_chooses(world: Measured, capsys: Any, monkeypatch: Any) -> None:
    world.play(claims={"C1": 99.0})
    assert draw(world, status=409)["type"] == "urn:cong-tam:intake-not-closed"
    draw(world, REVIEWER, 403)
    world.post("/v1/cycles/ihr-2018/plan", PLAN | {"light_share": 0.5, "medium_share": 0.6}, ADMINISTRATOR)
    world.close()
    # AA: C2, C3; BB: all; CC and DD are asked about documents.
    assert draw(world) == {"drawn": 3}
    drawn = items(world, "&audit=true")
    assert {unit for unit, _ in drawn} == {"AA", "BB"}
    assert all(
        (item["review"], item["blocks_freeze"], item["flagged"]) == ("open", False, False) for item in drawn.values()
    )
    populations = {row["unit"]: row["population"] for row in world.rows(triage_tables.audit_draw)}
    assert populations == {"AA": ["C2", "C3"], "BB": ["C1", "C2", "C3"], "CC": [], "DD": []}
    assert draw(world) == {"drawn": 0}
    assert len(world.rows(triage_tables.audit_salt)) == 1
    # A later screening leaves them drawn; their versions rose, so nobody decides on what they did not see.
    world.post("/v1/cycles/ihr-2018/screenings", None, LEAD, 202)
    world.settle_down()
    assert set(items(world, "&audit=true&state=open")) == set(drawn)
    page = world.town.browser(REVIEWER).get("/cycles/ihr-2018/units/BB/items/" + next(c for u, c in drawn if u == "BB"))
    assert "không phải vì có dấu hiệu bất thường" in page.text
    monkeypatch.setenv("DATABASE_URL", world.database.engine.url.render_as_string(hide_password=False))
    assert command(["check-audits"]) == 0
    assert "4 units, 3 items" in capsys.readouterr().out


def test_the_clock_draws_where_a_plan_was_declared(world: Measured, store: SqlStore) -> None:
    world.play()
    world.close()
    assert draw_due_audits(store) == 0
    world.post("/v1/cycles/ihr-2018/plan", PLAN | {"light_share": 1.0, "medium_share": 1.0}, ADMINISTRATOR)
    assert draw_due_audits(store) == 6
    assert draw_due_audits(store) == 0


def test_audits_tell_how_much_is_overlooked(world: Measured) -> None:
    world.play(claims={"C1": 99.0, "C2": 94.0})
    world.post("/v1/cycles/ihr-2018/plan", PLAN | {"light_share": 1.0, "medium_share": 1.0}, ADMINISTRATOR)
    world.close()
    assert world.get("/v1/cycles/ihr-2018/quality")["missed"] is None
    assert draw(world) == {"drawn": 5}
    world.decide("AA", "C2", verdict="adjust", value=80.0)  # overlooked: within the tolerance, but a document says less
    world.decide("BB", "C1")
    world.decide("AA", "C1", verdict="reject")
    found = world.get("/v1/cycles/ihr-2018/quality", SUPPORT)
    assert found["unflagged"] == 5
    light = found["classes"][0]
    assert [light[name] for name in ("risk_class", "population", "drawn", "decided", "found")] == ["light", 5, 5, 2, 1]
    # One of two of five: 1 to 4 are possible, 2.5 is the estimate.
    assert (found["missed"]["best"], found["missed"]["low"], found["missed"]["high"]) == (2.5, 1, 4)
    by_code = {row["name"]: (row["decided"], row["lowered"]) for row in found["by_code"]}
    assert by_code["SOURCE_CONFLICT"] == (1, 1)
    (source,) = found["by_source"]
    assert (source["name"], source["decided"], source["low"]) == ("jee", 1, pytest.approx(0.025))
    page = world.town.browser(REVIEWER).get("/cycles/ihr-2018/quality").text
    assert "ước tính 2,5 nội dung" in page


# --- history ------------------------------------------------------------------------------------------------------


def test_confirmed_differences_make_the_class_and_lapse(world: Measured) -> None:
    for year in (2014, 2016, 2017):
        name = f"ihr-{year}"
        world.play(name, str(year), claims={"C1": 99.0, "C2": 99.0})
        world.decide("AA", "C1", name, verdict="reject")
        world.decide("AA", "C2", name, verdict="reject" if year == 2017 else "accept")
        world.close(name, str(year), "archived")
    world.play(claims={"C1": 91.0})
    world.post("/v1/cycles/ihr-2018/plan", PLAN, ADMINISTRATOR)
    world.close()
    draw(world)
    classes = {row["unit"]: (row["risk_class"], row["differences"]) for row in world.rows(triage_tables.audit_draw)}
    assert classes == {"AA": ("medium", 3), "BB": ("light", 0), "CC": ("light", 0), "DD": ("light", 0)}
    record = world.get("/v1/cycles/ihr-2018/units/AA/record")
    assert record["since"] == 2015
    told = [(y["period"], y["decided"], y["differences"], y["points"]) for y in record["years"]]
    assert told == [("2016", 2, 1, 9.0), ("2017", 2, 2, 18.0)]
    assert world.get("/v1/cycles/ihr-2018/quality")["history"] == record["years"]
    # The unit sees its own history, and nobody else's.
    officer = person(Role.PROVINCE_OFFICER, units=("AA",))
    assert world.get("/v1/cycles/ihr-2018/units/AA/record", officer) == record
    world.get("/v1/cycles/ihr-2018/units/BB/record", officer, 404)
    world.get("/v1/cycles/ihr-2018/units/AA/record", person(Role.PROVINCE_OFFICER, units=("BB",)), 404)
    world.get("/v1/cycles/ihr-2018/units/AA/record", STRANGER, 404)
    world.get("/v1/cycles/ihr-2018/quality", officer, 403)
    assert "Lịch sử chênh lệch" in world.town.browser(officer).get("/cycles/ihr-2018/units/AA/record").text
    assert "AA" in world.town.browser(REVIEWER).get("/cycles/ihr-2018/quality").text


def test_differences_are_not_carried_through_a_merger(world: Measured) -> None:
    for year in (2016, 2017):
        name = f"ihr-{year}"
        world.play(name, str(year), claims={"C1": 99.0})
        world.decide("AA", "C1", name, verdict="reject")
        world.close(name, str(year), "archived")
    clusters = cycle()["clusters"]
    clusters[0]["members"][0]["predecessors"] = [
        {"unit": "BB", "since": "2017-07-01", "legal_source": "NQ 202/2025/QH15"}
    ]
    world.play(clusters=clusters)
    world.post("/v1/cycles/ihr-2018/plan", PLAN, ADMINISTRATOR)
    world.intake.records(cycle(state="intake_closed", clusters=clusters))
    world.settle_down()
    draw(world)
    assert {row["unit"]: row["differences"] for row in world.rows(triage_tables.audit_draw)}["AA"] == 1
    record = world.get("/v1/cycles/ihr-2018/units/AA/record")
    assert [year["period"] for year in record["years"]] == ["2017"]
    with SqlStore(world.database).view() as view:
        earlier = earlier_cycles(view, "ihr-2018", list(FIGURES))
    assert [(one.period, {item.unit for item in one.items}) for one in earlier] == [
        ("2016", {"BB", "CC", "DD"}),
        ("2017", set(FIGURES)),
    ]


# --- joint acceptance ---------------------------------------------------------------------------------------------

MINOR = "/v1/cycles/ihr-2018/clusters/NORTH/minor"
REASON = {"reason": "Chênh lệch nhỏ."}


def test_small_items_are_accepted_together_but_never_more_than_the_limit_at_once(world: Measured) -> None:
    world.play(claims={"C1": 99.0})
    world.post("/v1/cycles/ihr-2018/plan", PLAN, ADMINISTRATOR)
    minor = world.get(MINOR)
    # The limit is 0.3 of 300 points: of CC's and DD's three items that would lose 0.2 each, one may be accepted.
    assert minor["limit"] == pytest.approx(0.3)
    assert sorted(item["unit"] for item in minor["items"]) == ["CC", "DD"]
    assert world.post(MINOR, REASON | {"items": 6}, LEAD, 412)["type"] == "urn:cong-tam:stale"
    made = world.post(MINOR, REASON | {"items": 2}, REVIEWER)
    assert (len(made["decisions"]), made["set_aside"], made["materiality"]) == (2, [], pytest.approx(0.3))
    assert len(world.rows(triage_tables.joint_acceptance)) == 1
    assert {item["unit"] for item in items(world, "&state=decided").values()} == {"CC", "DD"}
    # They are no verdicts on the screening, and take nobody's time.
    assert world.get("/v1/cycles/ihr-2018/quality")["by_code"] == []
    assert world.get("/v1/cycles/ihr-2018")["capacity"]["looked_at"] == 0


def test_a_share_is_set_aside_whoever_asks(world: Measured) -> None:
    world.play()
    world.post("/v1/cycles/ihr-2018/plan", PLAN | {"materiality": 1.0, "set_aside": 1.0}, ADMINISTRATOR)
    assert len(world.get(MINOR)["items"]) == 6
    made = world.post(MINOR, REASON)
    assert (made["decisions"], len(made["set_aside"])) == ([], 6)
    assert len(items(world, "&audit=true&state=open")) == 6
    assert world.post(MINOR, REASON, LEAD, 409)["type"] == "urn:cong-tam:nothing-minor"
    assert world.rows(result_tables.decision) == []


def test_nobody_accepts_items_of_their_own_unit_and_contenders_are_looked_at_one_by_one(world: Measured) -> None:
    world.play()
    world.post("/v1/cycles/ihr-2018/plan", PLAN | {"materiality": 200.0}, ADMINISTRATOR)
    at_home = person(Role.REVIEWER, home="CC")
    assert {item["unit"] for item in world.get(MINOR, at_home)["items"]} == {"DD"}
    world.get(MINOR, SUPPORT, 403)
    world.get(MINOR, STRANGER, 404)
    world.get("/v1/cycles/ihr-2018/clusters/SOUTH/minor", REVIEWER, 404)
    # If DD's items fell by 40 in all, still nobody would change places; but AA is a contender and never listed.
    assert "AA" not in {item["unit"] for item in world.get(MINOR)["items"]}


def test_the_form_accepts_together(world: Measured) -> None:
    world.play()
    world.post("/v1/cycles/ihr-2018/plan", PLAN | {"materiality": 1.0}, ADMINISTRATOR)
    path = "/cycles/ihr-2018/clusters/NORTH/minor"
    client = world.town.browser(REVIEWER, "en")
    page = client.get(path).text
    assert "Items below the materiality limit: 6" in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post(path, data={"csrf_token": token, "items": "6", "reason": ""}).status_code == 422
    assert client.post(path, data={"csrf_token": token, "items": "6", "reason": "Nhỏ."}).status_code == 303
    assert "Nothing to accept together" in client.get(path).text


def test_the_form_declares_a_plan(world: Measured) -> None:
    world.play()
    client = world.town.browser(ADMINISTRATOR, "vi")
    page = client.get("/cycles/ihr-2018/plan").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    typed = {
        **{name: str(PLAN[name]) for name in ("items_per_day", "reviewer_days", "medium_from", "full_from")},
        "materiality": "0,5",
        "set_aside": "10",
        "light_share": "20",
        "medium_share": "60",
        "full_share": "100",
        "lapses_after": "3",
        "reason": "Kế hoạch năm.",
        "csrf_token": token,
    }
    wrong = client.post("/cycles/ihr-2018/plan", data=typed | {"items_per_day": "4,5", "light_share": "90"})
    assert wrong.status_code == 422
    assert "Cần một số nguyên" in wrong.text
    assert 'value="90"' in wrong.text
    assert client.post("/cycles/ihr-2018/plan", data=typed).status_code == 303
    kept = world.get("/v1/cycles/ihr-2018/plan")["plan"]
    assert (kept["materiality"], kept["light_share"], kept["full_share"]) == (0.5, 0.2, 1.0)
    assert '<form class="card"' not in world.town.browser(REVIEWER).get("/cycles/ihr-2018/plan").text
