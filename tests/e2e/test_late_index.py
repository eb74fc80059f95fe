"""A cycle that is ranked in March, and its index that arrives in April: from the older figure to the second edition."""

import json
from typing import Any

import pytest

from deploy.demo.__main__ import Passwords, open_administrator
from deploy.demo.cast import Cast, staff_logins
from deploy.demo.cycles import Claim, Cluster, DemoCycle, Release, Unit
from deploy.demo.person import Person
from deploy.demo.story import Story
from shared.contracts.sentences import sentence
from tests.suite import Suite

pytestmark = [pytest.mark.whole, pytest.mark.timeout(900)]

COUNCIL = "late-index"
UNITS = {"LA": 80.0, "LB": 78.0, "LC": 70.0, "LD": 60.0}
OLDER = {"LA": 79.0, "LB": 77.0, "LC": 70.5, "LD": 61.0}
APRIL = {"LA": 52.0, "LB": 77.5, "LC": 71.0}  # LA is far below its claim; LD has no figure yet


def release(year: str, published_on: str, figures: dict[str, float]) -> Release:
    """The index of a year."""
    rows = "".join(f"{unit},INDEX,{year},{figure}\n" for unit, figure in figures.items())
    title = {"vi": f"Chỉ số CCHC {year}", "en": f"Administrative reform index {year}"}
    publisher = {"vi": "Bộ Nội vụ", "en": "Ministry of Home Affairs"}
    content = f"unit,indicator,period,value\n{rows}".encode()
    return Release("late-index", title, publisher, "", published_on, f"index-{year}.csv", content)


def march_cycle() -> DemoCycle:
    """Four units; last year's index is all there is."""
    rule = {"name": "goalposts", "low": 0, "high": 100}
    title = {"vi": "Cải cách hành chính", "en": "Administrative reform"}
    source = {"id": "late-index", "indicator": "INDEX", "relation": "same", "tolerance": {"absolute": 3}}
    index = {"code": "INDEX", "title": title, "unit": "%", "kind": "quantitative", "max_points": 100, "rule": rule}
    return DemoCycle(
        code="late-index-2025",
        council=COUNCIL,
        council_title={"vi": "Hội đồng thử", "en": "Trial council"},
        title={"vi": "Chu kỳ 2025", "en": "Cycle 2025"},
        period="2025",
        notice={"vi": "Số liệu giả định.", "en": "Made-up figures."},
        synthetic=True,
        framework={
            "framework": "late-index",
            "title": {"vi": "Khung thử", "en": "Trial framework"},
            "uncorroborated": "documented",
            "missing": "zero",
            "criteria": [index | {"sources": [source]}],
        },
        clusters={"K1": Cluster({"vi": "Cụm 1", "en": "Cluster 1"})},
        units=tuple(Unit(unit, {"vi": f"Tỉnh {unit}", "en": unit}, "K1") for unit in UNITS),
        claims={unit: (Claim("INDEX", value, value),) for unit, value in UNITS.items()},
        releases=(release("2024", "2025-04-20", OLDER),),
        late_releases=(release("2025", "2026-04-17", APRIL),),
    )


def items(reviewer: Person, story: Story) -> dict[str, Any]:
    """Unit → its item, as the reviewer sees it."""
    listed = reviewer.get(f"{story.verify}/items")["items"]
    return {item["unit"]: item for item in listed}


def decide_on_documents(reviewer: Person, story: Story) -> None:
    """Accept every open item on a document."""
    for unit, item in items(reviewer, story).items():
        if item["review"] == "open":
            body = {
                "verdict": "accept",
                "reason": "Hồ sơ đầy đủ",
                "document_number": f"9/{unit}",
                "version": item["version"],
            }
            reviewer.post(f"{story.verify}/units/{unit}/items/INDEX/decisions", body)


def test_a_cycle_ranked_in_march_whose_index_arrives_in_april(running_suite: Suite) -> None:
    cycle = march_cycle()
    cast = Cast(running_suite.address, Passwords(bytes(range(32))))
    open_administrator(cycle, running_suite, cast)
    story = Story(cycle, cast, lambda told: None)
    story.register()
    story.open_accounts()
    story.open_cycle()
    story.bring_sources(cycle.releases)
    story.send_self_assessments()
    story.close_intake()
    story.wait_for_screening()
    staff = staff_logins(cycle)
    reviewer, lead = cast.person(staff["reviewer"]), cast.person(staff["lead_reviewer"])

    # March: last year's index may raise questions, never replace a value; staff accept on documents.
    assert {item["state"] for item in items(reviewer, story).values()} == {"provisional"}
    decide_on_documents(reviewer, story)
    assert {item["state"] for item in items(reviewer, story).values()} == {"documented"}
    story.freeze()
    story.publish()
    assert standings(story, lead) == {"LA": (1, 80.0), "LB": (2, 78.0), "LC": (3, 70.0), "LD": (4, 60.0)}

    # April: the index of the year itself. Exactly what it concerns is screened again and told with what was before.
    story.bring_sources(cycle.late_releases)
    story.wait_for_screening()
    brought = lead.get("/verify/v1/sources/late-index/releases")["releases"][0]
    told = lead.get(f"/verify/v1/releases/{brought['release']}/changes")
    assert [(one["units"], one["items"], one["screened"]) for one in told["touched"]] == [(3, 3, True)]
    assert told["counts"]["concerned"] == told["counts"]["reopened"] == 3
    la = next(change for change in told["changes"] if change["unit"] == "LA")
    assert (la["before"]["figure"]["value"], la["after"]["figure"]["value"]) == (79.0, 52.0)
    assert (la["before"]["independent_points"], la["after"]["independent_points"]) == (79.0, 52.0)
    now = items(reviewer, story)
    assert {unit: item["state"] for unit, item in now.items()} == {
        "LA": "contested", "LB": "verified", "LC": "verified", "LD": "documented",
    }  # fmt: skip
    assert {unit for unit, item in now.items() if item["review"] == "open"} == {"LA"}

    # What is frozen stays frozen: no score moves but through a new edition.
    assert standings(story, lead) == {"LA": (1, 80.0), "LB": (2, 78.0), "LC": (3, 70.0), "LD": (4, 60.0)}
    story.settle()
    reason = sentence("Arrived after the first edition: %(title)s.", title="Chỉ số CCHC 2025")
    story.freeze(reason)
    story.publish(reason)
    assert standings(story, lead) == {"LB": (1, 77.5), "LC": (2, 71.0), "LD": (3, 60.0), "LA": (4, 52.0)}
    result = story.result([], {})
    first, second = result.editions
    assert (first["number"], first["changes"], second["number"]) == (1, [], 2)
    assert {change["unit"] for change in second["changes"]} == set(UNITS)
    head = json.loads(result.edition)["edition"]
    assert (head["supersedes"], "Chỉ số CCHC 2025" in json.dumps(head["reason"], ensure_ascii=False)) == (1, True)


def standings(story: Story, actor: Person) -> dict[str, tuple[int, float]]:
    """Unit → rank and total of the frozen cluster."""
    found = actor.get(f"{story.ranking}/clusters/K1/standings")["standings"]
    return {row["unit"]: (row["rank"], float(row["total"])) for row in found}
