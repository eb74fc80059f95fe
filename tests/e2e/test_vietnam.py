"""Two clusters of the Vietnamese demo through the suite's own doors: votes, a late sheet, a second edition, and that
what is made up says so wherever it goes."""

import csv
import dataclasses
import io
import json

import pytest

from deploy.demo.cast import leader_login, staff_logins
from deploy.demo.cycles import DemoCycle, Release
from deploy.demo.story import Result
from deploy.demo.vietnam import vietnam_2015
from tests.played import PlayedSuite

pytestmark = pytest.mark.whole
VOTING, SCORING = "C1", "C8"
OUTBOXES = (
    ("intake_owner", "outbox_event", "submission_sent"),
    ("intake_owner", "outbox_event", "challenge_recorded"),
    ("intake_owner", "outbox_event", "meeting_recorded"),
    ("verify_owner", "outbox_event", "unit_verified"),
    ("ranking_owner", "scoring.outbox_event", "edition_issued"),
)


@pytest.fixture(scope="module")
def cycle() -> DemoCycle:
    """Two clusters of the whole cycle, without the years before."""
    whole = vietnam_2015()
    units = tuple(unit for unit in whole.units if unit.cluster in (VOTING, SCORING))
    codes = {unit.code for unit in units}

    def of_these(release: Release) -> Release:
        head, *rows = release.content.decode().splitlines()
        kept = [row for row in rows if row.split(",")[0] in codes]
        return dataclasses.replace(release, content=("\n".join([head, *kept]) + "\n").encode())

    return dataclasses.replace(
        whole,
        clusters={code: whole.clusters[code] for code in (VOTING, SCORING)},
        units=units,
        claims={unit: whole.claims[unit] for unit in codes},
        releases=tuple(map(of_these, whole.releases)),
        late_releases=tuple(map(of_these, whole.late_releases)),
        earlier=(),
    )


@pytest.fixture(scope="module")
def result(played: PlayedSuite, cycle: DemoCycle) -> Result:
    return played.play(cycle)


def test_a_late_sheet_leads_to_a_second_edition_that_says_what_changed(cycle: DemoCycle, result: Result) -> None:
    first, second = result.editions
    assert (first["changes"], first["synthetic"], second["synthetic"]) == ([], True, True)
    assert {change["unit"] for change in second["changes"]} == {unit.code for unit in cycle.units}
    edition = json.loads(result.edition)
    head = edition["edition"]
    assert (head["number"], head["supersedes"], head["synthetic"]) == (2, 1, True)
    for language in ("vi", "en"):
        assert cycle.late_releases[0].title[language] in head["reason"]
    late = [s["criteria"]["S08"] for cluster in edition["ranking"]["clusters"] for s in cluster["standings"]]
    assert all(float(points) > 0 for points in late)


def test_the_reviewer_decided_one_by_one_and_only_voting_clusters_voted(
    played: PlayedSuite, cycle: DemoCycle, result: Result
) -> None:
    decided = played.suite.query(
        "verify_owner",
        "SELECT verdict, reason, document_number FROM decision d WHERE cycle = %s AND settlement IS NULL "
        "AND NOT EXISTS (SELECT FROM review_item WHERE decision = d.id AND audit) "
        "AND NOT EXISTS (SELECT FROM joint_acceptance WHERE d.id = ANY(decisions))",
        cycle.code,
    )
    assert 0 < len(decided) <= 12
    for _verdict, reason, document in decided:
        assert document
        vietnamese, english = reason.split(" / ", 1)
        assert vietnamese != english
    teller = played.cast.person(staff_logins(cycle)["teller"])
    boxes = [box for box in teller.get("/ballot/v1/boxes")["boxes"] if box["cycle"] == cycle.code]
    assert [(box["cluster"], box["state"], box["synthetic"]) for box in boxes] == [(VOTING, "closed", True)]
    assert teller.get(f"/ballot/v1/boxes/{boxes[0]['id']}/tally")["document"]["synthetic"] is True


def test_a_cluster_challenged_items_and_noted_the_verified_totals(
    played: PlayedSuite, cycle: DemoCycle, result: Result
) -> None:
    head, deputy = cycle.leading
    leader = played.cast.person(leader_login(cycle, deputy))
    seen = leader.get(f"/intake/v1/cycles/{cycle.code}/clusters/{VOTING}/round")
    assert sorted(one["state"] for one in seen["challenges"]) == ["answered", "open"]
    reviewer = played.cast.person(staff_logins(cycle)["reviewer"])
    for one in seen["challenges"]:
        item = reviewer.get(f"/verify/v1/cycles/{cycle.code}/units/{one['unit']}/items/{one['criterion']}")
        assert [(c["by_unit"], c["state"]) for c in item["challenges"]] == [(one["by_unit"], one["state"])]
        assert "PEER_CHALLENGE" in item["codes"]
    newest = leader.get(f"/intake/v1/cycles/{cycle.code}/clusters/{VOTING}/meetings/1")["newest"]
    assert (newest["chair"]["unit"], newest["own_file_chair"]["unit"]) == (head, deputy)
    assert {row["basis"] for row in newest["table"]} == {"verified"}
    assert [(one["unit"], one["kind"]) for one in newest["positions"]] == [(deputy, "confirm")]


def test_every_event_and_every_row_of_a_file_says_that_it_is_made_up(
    played: PlayedSuite, cycle: DemoCycle, result: Result
) -> None:
    for role, table, kind in OUTBOXES:
        said = played.suite.query(
            role, f"SELECT data->'synthetic' FROM {table} WHERE type = %s AND data->>'cycle' = %s", kind, cycle.code
        )
        assert said
        assert {row[0] for row in said} == {True}
    member = played.cast.person(staff_logins(cycle)["council_member"])
    file = member.call("GET", f"/ranking/v1/cycles/{cycle.code}/editions/public/2/csv").text
    rows = list(csv.DictReader(io.StringIO(file)))
    assert len(rows) == len(cycle.units)
    assert {row["data"] for row in rows} == {"synthetic"}
    reviewer = played.cast.person(staff_logins(cycle)["reviewer"])
    items = reviewer.get(f"/verify/v1/cycles/{cycle.code}/items", params={"limit": 500})["items"]
    assert len(items) == len(cycle.units) * 30
    assert {item["synthetic"] for item in items} == {True}
    unit = cycle.units[0].code
    own = f"/intake/v1/cycles/{cycle.code}/units/{unit}"
    leader = played.cast.person(leader_login(cycle, unit))
    assert leader.get(f"{own}/draft")["synthetic"] is True
    sent = leader.get(f"{own}/submissions/1")
    assert (sent["receipt"]["synthetic"], sent["content"]["synthetic"]) == (True, True)


def test_every_page_of_the_cycle_has_the_band(played: PlayedSuite, cycle: DemoCycle, result: Result) -> None:
    unit, staff = cycle.units[0].code, staff_logins(cycle)
    pages = {
        leader_login(cycle, unit): (
            *("/intake/", f"/intake/cycles/{cycle.code}", f"/intake/cycles/{cycle.code}/units/{unit}"),
            f"/intake/cycles/{cycle.code}/units/{unit}/submissions/1",
            *(f"/intake/cycles/{cycle.code}/round", f"/intake/cycles/{cycle.code}/clusters/{VOTING}/round"),
            f"/intake/cycles/{cycle.code}/clusters/{VOTING}/meetings/1",
            *(f"/ranking/cycles/{cycle.code}/clusters/{VOTING}", "/ballot/"),
        ),
        staff["lead_reviewer"]: (
            *("/verify/", f"/verify/cycles/{cycle.code}", f"/verify/cycles/{cycle.code}/queue", "/verify/sources"),
            f"/verify/cycles/{cycle.code}/units/{unit}/items/S08",
            f"/ranking/cycles/{cycle.code}/clusters/{SCORING}/council",
            *("/ranking/", f"/ranking/cycles/{cycle.code}/editions/public/2"),
        ),
    }
    for login, paths in pages.items():
        for path in paths:
            page = played.cast.person(login).call("GET", path, headers={"Accept": "text/html"}).text
            assert "notice-synthetic" in page, path
            assert "notice-real" not in page or path in ("/ranking/", "/ballot/", "/verify/"), path


def test_the_story_is_told_in_both_languages(played: PlayedSuite, result: Result) -> None:
    assert [told.text for told in played.told if told.in_language("vi") == told.in_language("en")] == []
