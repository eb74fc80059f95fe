"""Takes steps of a review through verify's endpoints, on a clock that stands still."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.verify import tables as t
from shared.clock import FrozenClock
from shared.people import Actor, Grant, Role
from tests.integration.verify.people import REVIEWER, SUPPORT, person
from tests.integration.verify.rounds import Round

OUTBOX = t.metadata.tables["outbox_event"]
ITEM = "/v1/cycles/ihr-2018/units/{}/items/{}"
SCORES = "/v1/cycles/ihr-2018/units/{}/scores"
SECOND = Actor("account-second", "Lê Thị C", grants=(Grant(Role.REVIEWER, "central"),), session="s-2")
THIRD = Actor("account-third", "Vũ Văn D", grants=(Grant(Role.REVIEWER, "central"),), session="s-3")
OFFICER = person(Role.PROVINCE_OFFICER, units=("AA",), name="Nguyễn Thị Lan")
LEADER = person(Role.SIGNING_LEADER, units=("AA",))


def look(world: Round, unit: str = "AA", criterion: str = "C1", actor: Any = SUPPORT) -> Any:
    return world.town.client(actor).get(ITEM.format(unit, criterion)).json


def act(
    world: Round, endpoint: str, actor: Any = REVIEWER, unit: str = "AA", criterion: str = "C1", **body: Any
) -> Any:
    body = {"version": look(world, unit, criterion)["version"]} | body
    return world.town.client(actor).post(ITEM.format(unit, criterion) + endpoint, json=body)


def decide(world: Round, actor: Any = REVIEWER, unit: str = "AA", criterion: str = "C1", **body: Any) -> Any:
    given = {"verdict": "reject", "reason": "Theo số liệu của nguồn.", "document_number": "12/BC-UBND"} | body
    return act(world, "/decisions", actor, unit, criterion, **given)


def sign(world: Round, actor: Any = SECOND, verdict: str = "sign", **more: Any) -> Any:
    return act(world, "/countersignature", actor, verdict=verdict, **more)


def scores(world: Round, actor: Any = OFFICER, unit: str = "AA") -> dict[str, Any]:
    answer = world.town.client(actor).get(SCORES.format(unit))
    assert answer.status_code == 200, answer.json
    return {score["criterion"]: score for score in answer.json["scores"]}


def objects(world: Round, criterion: str = "C1", actor: Any = OFFICER, **body: Any) -> Any:
    given = {"reason": "Số liệu của nguồn là của năm trước.", "document_number": "77/UBND-TH"}
    given |= {"version": look(world, "AA", criterion)["version"]} | body
    return world.town.client(actor).post(f"{SCORES.format('AA')}/{criterion}/objection", json=given)


def counted(world: Round, unit: str = "AA", criterion: str = "C1") -> dict[str, Any]:
    event = world.rows(OUTBOX, OUTBOX.c.subject == f"verification:ihr-2018/{unit}")[-1]
    return next(entry for entry in event["data"]["items"] if entry["criterion"] == criterion)


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["type"].removeprefix("urn:cong-tam:")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime.now(UTC))
