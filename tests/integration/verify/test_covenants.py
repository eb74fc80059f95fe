"""Registered targets from signed covenants: they count, whatever the self-assessment says of targets."""

from collections.abc import Callable

import pytest

from services.verify.claims import tables as claim_tables
from services.verify.claims.store.claims import SqlClaims
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import REVIEWER
from tests.integration.verify.rounds import Round
from tests.integration.verify.test_intake_feed import asked, rows
from tests.integration.verify.test_screening import counted, events

Drain = Callable[[], int]


def targets(database: Database) -> dict[str, tuple[float | None, float | None]]:
    with database.reader() as connection:
        claims = SqlClaims(connection).current("ihr-2018", ["AA"])
    return {claim.criterion: (claim.target, claim.revised_target) for claim in claims}


def test_the_registered_target_counts_and_a_change_asks_for_a_screening(
    database: Database, intake: Intake, drain: Drain
) -> None:
    sent = says.submission("AA", {"C1": 40.0, "C2": 50.0})
    for item in sent["items"]:
        item["target"] = 10.0
    intake.records(says.cycle())
    intake.receives(sent)
    drain()
    assert targets(database) == {"C1": (10.0, None), "C2": (10.0, None)}
    intake.signs(says.covenant("AA", {"C1": 60.0}))
    drain()
    assert targets(database) == {"C1": (60.0, None), "C2": (10.0, None)}
    assert asked(database)[-1] == "ihr-2018/arrival/AA/3"
    intake.signs(says.covenant("AA", {"C1": 60.0}, revised=50.0))
    drain()
    assert targets(database)["C1"] == (60.0, 50.0)
    intake.signs(says.covenant("AA", {"C1": 60.0}, revised=50.0, recognised=True))
    drain()
    (row,) = rows(database, claim_tables.covenant_target)
    assert (row["counting"], row["revised"], row["revised_by"], row["recognised"]) == (60, 50, "15/QĐ-TTg", True)
    before = asked(database)
    intake.signs(says.covenant("AA", {"C1": 60.0}, revised=50.0, recognised=True))
    drain()
    assert asked(database) == before  # nothing new was said


@pytest.mark.parametrize(("which", "counting"), [("registered", 60), ("assigned", 70), ("stricter", 70)])
def test_the_target_that_the_criterion_names_counts(
    database: Database, intake: Intake, drain: Drain, which: str, counting: float
) -> None:
    framework = says.framework()
    framework["criteria"][0]["target"] = which
    intake.records(says.cycle(framework=framework))
    signed = says.covenant("AA", {"C1": 60.0})
    signed["targets"][0]["assigned"] = 70.0
    intake.signs(signed)
    drain()
    (row,) = rows(database, claim_tables.covenant_target)
    assert row["counting"] == counting


def test_a_covenant_before_its_cycle_waits(database: Database, intake: Intake, drain: Drain) -> None:
    intake.signs(says.covenant("AA", {"C1": 60.0}))
    drain()
    assert rows(database, claim_tables.covenant_target) == []
    intake.records(says.cycle())
    drain()
    drain()
    assert len(rows(database, claim_tables.covenant_target)) == 1


def test_the_reviewer_sees_target_revision_and_explanation(review_round: Round) -> None:
    claim = says.submission("AA", {"C1": 90.0}, number=2)
    claim["items"][0] |= {"explanation": "Số liệu ước tính", "calculation": "45/50, đến 31/10"}
    review_round.intake.signs(says.covenant("AA", {"C1": 60.0}, revised=50.0))
    review_round.intake.receives(claim)
    review_round.settle_down()
    seen = review_round.town.client(REVIEWER).get("/v1/cycles/ihr-2018/units/AA/items/C1").json
    assert seen is not None
    assert (seen["unit_explanation"], seen["counting_target"], seen["revised_target"]) == ("Số liệu ước tính", 60, 50)
    assert seen["calculation"] == "45/50, đến 31/10"
    assert (seen["revised_by"], seen["revision_recognised"]) == ("15/QĐ-TTg", False)
    assert "TARGET_LOWERED" in [finding["code"] for finding in seen["findings"]]


def test_what_counts_names_a_recognised_target_and_only_such_a_one(review_round: Round) -> None:
    review_round.intake.signs(says.covenant("AA", {"C1": 60.0}, revised=50.0))
    review_round.sends("AA", {"C1": 90.0}, number=2)
    assert "recognised" not in counted(events(review_round.database, "AA")[-1], "C1")
    review_round.intake.signs(says.covenant("AA", {"C1": 60.0}, revised=50.0, recognised=True))
    review_round.settle_down()
    newest = events(review_round.database, "AA")[-1]
    assert counted(newest, "C1")["target"] == 60
    assert counted(newest, "C1")["recognised"] == {"target": 50, "document_number": "15/QĐ-TTg"}
    assert all("recognised" not in item for item in newest["data"]["items"] if item["criterion"] != "C1")
