"""Pages as browsers use them: cookies, CSRF tokens, forms, both languages, no script."""

import html
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.ranking.scoring.store import SqlScoringRecords
from services.ranking.voting.model import QUORUM, THRESHOLD, Opening
from services.ranking.voting.rules.methods import OnePerPlace
from tests.integration.ranking.conftest import (
    ADMINISTRATOR,
    CLUSTERS,
    COUNCIL_MEMBER,
    CYCLE,
    LEAD,
    NOBODY,
    NOW,
    TELLER,
    Applications,
    World,
    create_applications,
    leader,
)

UNITS = CLUSTERS["BAC"]
PAGE = f"/cycles/{CYCLE}"
NOTICE = {"vi": "Số liệu giả lập để thử.", "en": "Invented figures for trials."}


def token_on(client: FlaskClient, page: str) -> str:
    """What a page's forms carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    return found.group(1) if found else ""


def send(client: FlaskClient, page: str, path: str, **fields: Any) -> Any:
    """Fill in the form of a page and send it."""
    return client.post(path, data={"csrf_token": token_on(client, page), **fields})


def words(answer: Any) -> str:
    """What stands on a page, without its tags."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def open_box(apps: Applications) -> str:
    opening = Opening(CYCLE, "BAC", OnePerPlace(2), None, NOW + timedelta(hours=1), QUORUM, THRESHOLD)
    return f"/boxes/{apps.world.voting.open_box(TELLER, opening).id}"


def test_from_freeze_to_published_by_forms(apps: Applications) -> None:
    lead, council = apps.browser(apps.scoring, LEAD), apps.browser(apps.scoring, COUNCIL_MEMBER)
    issued = send(lead, PAGE, f"{PAGE}/editions", audience="public")
    assert (issued.status_code, issued.location) == (303, f"{PAGE}/editions/public/1")
    edition = issued.location
    everybody = apps.browser(apps.scoring, None)
    assert everybody.get(edition).status_code == 404
    refused = send(council, edition, f"{edition}/publication", record_number="", decided_on="2026-03-01")
    assert refused.status_code == 422
    assert "Give the number of the Council's record." in words(refused)
    done = send(council, edition, f"{edition}/publication", record_number="12/QĐ-HĐ", decided_on="2026-03-01")
    assert done.status_code == 303
    seen = words(everybody.get(edition))
    assert "Published by the Council's record no. 12/QĐ-HĐ of 1 Mar 2026." in seen
    assert "check-edition nam-2025-public-1.json --public-key keys.json" in seen
    assert "88.00" in seen
    assert "Year 2025" in words(everybody.get("/"))


def test_an_edition_of_real_data_is_shown(world: World, tmp_path: Path) -> None:
    """What is not true of an edition is left out of its document; no template misses it."""
    world.everything_arrives()
    world.record_cycle(synthetic=False, notice=None)
    world.drain()
    world.freeze_everything()
    world.editions.issue_edition(LEAD, CYCLE, "public")
    apps = create_applications(world, tmp_path)
    page = words(apps.browser(apps.scoring, LEAD).get(f"{PAGE}/editions/public/1"))
    assert "Real data." in page
    assert "Year 2025" in page
    assert words(apps.browser(apps.scoring, LEAD).get(f"{PAGE}/clusters/BAC")).count("Real data.") == 1


def test_a_cycle_waiting_for_something_says_for_what(apps: Applications) -> None:
    apps.world.send("HP", "BAC", number=2)
    apps.world.drain()
    client = apps.browser(apps.scoring, LEAD)
    # Somebody else's page was older: the form is sent although nothing may be frozen now.
    refused = send(client, PAGE, f"{PAGE}/clusters/BAC/freeze", reason="late source")
    assert refused.status_code == 409
    assert "HP province : The verified scores belong to version 1" in words(refused)


def test_freezing_again_asks_for_a_reason_and_leaves_the_first_version(apps: Applications) -> None:
    apps.world.verified("HP", "BAC", {"E01": 9.9, "S01": 4, "S02": 1})
    apps.world.drain()
    client = apps.browser(apps.scoring, LEAD)
    assert "changed since" in client.get(PAGE).text
    assert send(client, PAGE, f"{PAGE}/clusters/BAC/freeze", reason=" ").status_code == 422
    done = send(client, PAGE, f"{PAGE}/clusters/BAC/freeze", reason="Revised growth.")
    assert done.status_code == 303
    table = words(client.get(done.location))
    assert "frozen, version 2" in table
    assert "Revised growth." in table


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_says_what_data_it_shows(apps: Applications, language: str) -> None:
    apps.world.editions.issue_edition(LEAD, CYCLE, "public")
    box = open_box(apps)
    pages = {
        apps.scoring: (PAGE, f"{PAGE}/clusters/BAC", f"{PAGE}/clusters/BAC/units/HN", f"{PAGE}/editions/public/1"),
        apps.voting: (box,),
    }
    for application, paths in pages.items():
        client = apps.browser(application, ADMINISTRATOR, language)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert NOTICE[language] in answer.text, path
            assert f'<html lang="{language}">' in answer.text
            assert "<script" not in answer.text
            assert "style=" not in answer.text
    # Lists of several cycles say it row by row.
    ballots = apps.browser(apps.voting, ADMINISTRATOR, language).get("/")
    assert {"vi": "giả lập", "en": "invented"}[language] in ballots.text


def test_a_unit_sees_its_parts_and_where_they_come_from(apps: Applications) -> None:
    page = words(apps.browser(apps.scoring, leader("HP")).get(f"{PAGE}/clusters/BAC/units/HP"))
    assert "80.50" in page
    assert "accepted on documents" in page
    assert apps.browser(apps.scoring, leader("CT")).get(f"{PAGE}/clusters/BAC/units/HP").status_code == 404


def test_a_share_of_ones_own_says_where_it_is_written(apps: Applications) -> None:
    teller = apps.browser(apps.voting, TELLER)
    form = f"/open/{CYCLE}/BAC"
    filled = {
        "method": "approval",
        "places": "2",
        "closes_at": "2026-03-02T12:00",
        "quorum_comparison": "at_least",
        "quorum_numerator": "2",
        "quorum_denominator": "3",
        "threshold_comparison": "at_least",
        "threshold_numerator": "3",
        "threshold_denominator": "4",
    }
    refused = send(teller, form, form, **filled)
    assert refused.status_code == 422
    assert words(refused).count("Say where this share is written.") == 1
    assert words(refused).count("Say how firmly this rule stands.") == 1
    own = {"threshold_source": "Regulation 5, Article 3", "threshold_status": "regulation"}
    opened = send(teller, form, form, **filled, **own)
    assert opened.status_code == 303
    box = apps.world.voting.view(TELLER, uuid_of(opened.location)).box
    assert (box.plan.quorum, str(box.plan.threshold.share)) == (QUORUM, "3/4")
    assert (box.plan.threshold.source, str(box.plan.threshold.base)) == ("Regulation 5, Article 3", "roll")
    assert (box.plan.method.name, box.plan.closes_at.isoformat()) == ("approval", "2026-03-02T05:00:00+00:00")


def test_a_ballot_by_forms(apps: Applications) -> None:
    teller = apps.browser(apps.voting, TELLER)
    form = f"/open/{CYCLE}/BAC"
    filled = {
        "method": "one_per_place",
        "places": "2",
        "closes_at": "2026-03-02T12:00",
        "quorum_comparison": "at_least",
        "quorum_numerator": "2",
        "quorum_denominator": "3",
        "threshold_comparison": "at_least",
        "threshold_numerator": "80",
        "threshold_denominator": "100",
        "threshold_source": "Quy chế Cụm, Điều 9",
        "threshold_status": "regulation",
    }
    wrong = send(teller, form, form, **(filled | {"closes_at": "", "places": "x", "quorum_numerator": "9"}))
    assert wrong.status_code == 422
    assert wrong.text.count("<li>") >= 3
    opened = send(teller, form, form, **filled)
    assert opened.status_code == 303, words(opened)
    box = opened.location
    assert "Quy chế Cụm, Điều 9" in teller.get(box).text
    receipts = []
    for unit in UNITS:
        voter = apps.browser(apps.voting, leader(unit))
        token = token_on(voter, box)
        invalid = send(voter, box, f"{box}/paper", unit=unit, name=["HN", "HN"])
        assert invalid.status_code == 422
        cast = send(voter, box, f"{box}/paper", unit=unit, name=["HP", ""])
        assert cast.status_code == 200, words(cast)
        assert cast.headers["Cache-Control"] == "no-store"
        receipts += re.findall(r'<code class="hash">([0-9a-f]{64})</code>', cast.text)
        assert "Your unit's paper is in the box." in words(voter.get(box))
        again = voter.post(f"{box}/paper", data={"csrf_token": token, "unit": unit, "name": ["HP"]})
        assert again.status_code == 409
    assert len(set(receipts)) == len(UNITS)
    closed = send(teller, box, f"{box}/close")
    assert closed.status_code == 303
    counted = words(apps.browser(apps.voting, leader("HN")).get(box))
    assert "Place 1 HP province named" in counted
    assert "Place 2 – nobody is named" in counted
    looked = apps.browser(apps.voting, leader("HN")).get(f"{box}?receipt={receipts[0]}")
    assert "was in the box when it was counted" in looked.text
    assert "No paper with this receipt" in apps.browser(apps.voting, leader("HN")).get(f"{box}?receipt=xyz").text


def test_the_ballots_pages_show_no_score_and_no_count_while_open(apps: Applications) -> None:
    box = open_box(apps)
    for unit in UNITS[:4]:
        apps.world.voting.cast(leader(unit), uuid_of(box), unit, ("HP", "HN"))
    for actor in (TELLER, leader("HN"), leader("LC"), COUNCIL_MEMBER):
        page = words(apps.browser(apps.voting, actor).get(box))
        assert "88.00" not in page
        assert "Rank" not in page
        assert "Outcome" not in page
        assert "4 of 5" in page


def uuid_of(path: str) -> Any:
    return uuid.UUID(path.rsplit("/", 1)[1])


def test_the_council_sees_table_and_vote_apart_and_is_told_when_they_differ(apps: Applications) -> None:
    council = apps.browser(apps.scoring, COUNCIL_MEMBER)
    page = f"{PAGE}/clusters/BAC/council"
    assert "No vote has been counted" in council.get(page).text
    box = open_box(apps)
    for unit in UNITS:
        apps.world.voting.cast(leader(unit), uuid_of(box), unit, ("BN", "HN"))
    apps.world.voting.close_box(TELLER, uuid_of(box))
    seen = words(council.get(page))
    assert "The order of the vote differs from the order of the scores" in seen
    assert "earlier version" not in seen
    apps.world.verified("HP", "BAC", {"E01": 9.9, "S01": 4, "S02": 1})
    apps.world.drain()
    apps.world.scoring.freeze_cluster(LEAD, CYCLE, "BAC", reason="A late source.")
    assert "The vote rested on an earlier version of the scores." in words(council.get(page))
    assert apps.browser(apps.scoring, leader("HN")).get(page).status_code == 403


def test_forms_from_elsewhere_change_nothing(apps: Applications) -> None:
    before = apps.world.fingerprint()
    client = apps.browser(apps.scoring, LEAD)
    assert client.post(f"{PAGE}/editions", data={"audience": "public"}).status_code == 403
    assert client.post(f"{PAGE}/clusters/BAC/freeze", data={"csrf_token": "x"}).status_code == 403
    voter = apps.browser(apps.voting, leader("HN"))
    box = open_box(apps)
    assert voter.post(f"{box}/paper", data={"unit": "HN", "name": "HN"}).status_code == 403
    assert apps.world.fingerprint() == before


def test_a_stranger_is_sent_to_sign_in_and_comes_back(apps: Applications) -> None:
    for application, path in ((apps.scoring, PAGE), (apps.voting, "/")):
        answer = application.test_client().get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 302
        assert "/session/renew?next=" in answer.location
    assert apps.browser(apps.scoring, NOBODY).get(PAGE).status_code == 404


def test_a_recognised_target_shows_both_scores_and_only_one_counts(apps: Applications) -> None:
    """Last here: it freezes the cluster again."""
    world = apps.world
    act = {"target": 5, "document_number": "15/QĐ-TTg"}
    documented = {"value": 5.0, "state": "documented"}
    world.verified("HP", "BAC", {"E01": {"value": 8.0, "target": 6.0, "recognised": act}, "S01": documented, "S02": 1})
    world.drain()
    world.scoring.freeze_cluster(LEAD, CYCLE, "BAC", reason="Recognised")
    page = words(apps.browser(apps.scoring, leader("HP")).get(f"{PAGE}/clusters/BAC/units/HP"))
    assert "80.50" in page
    assert "The Board recognises the changed target 5 (15/QĐ-TTg): there it would be 48.00 points." in page
    with world.database.reader() as connection:
        records = SqlScoringRecords(connection)
        sheet = records.sheet(CYCLE, "BAC")
        assert sheet is not None
        scores = {
            unit.unit: {score.criterion: score.recognised for score in unit.scores}
            for unit in records.frozen_units(sheet)
        }
    assert scores["HP"] == {"E01": {**act, "points": 48.0}, "S01": None, "S02": None}
    assert not any(scores["HN"].values())
