"""What ranking publishes is what the contracts and golden examples say; what the others publish, ranking takes.

After an intended, additive change: `UPDATE_EXAMPLES=1 pytest tests/contract/test_ranking_messages.py`.
"""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest

from shared.contracts.ranking_v1 import ClusterFrozen, EditionIssued, EditionPublished
from shared.plumbing.feed_reader import reader_report
from shared.plumbing.outbox import read_after
from tests.integration.ranking.conftest import (
    COUNCIL_MEMBER,
    CYCLE,
    LEAD,
    World,
    fresh,
    frozen,
    kept,
    one_world,
    ready,
    world,
)

EXAMPLES = Path(__file__).parents[2] / "shared" / "contracts" / "examples"
SCHEMAS: dict[str, type[ma.Schema]] = {
    "cluster_frozen": ClusterFrozen,
    "edition_issued": EditionIssued,
    "edition_published": EditionPublished,
}
# What members do in the cluster round is nothing to it yet: it goes on to what follows.
INTAKE_TYPES = ("cycle_recorded", "challenge_recorded", "meeting_recorded", "submission_sent")
TAKEN = ("cycle_recorded", "submission_sent", "unit_verified")
__all__ = ["fresh", "frozen", "kept", "one_world", "ready", "world"]  # fixtures


@pytest.fixture
def published(frozen: World) -> dict[str, Any]:
    """The newest event of each type after one small cycle."""
    frozen.editions.issue_edition(LEAD, CYCLE, "public")
    frozen.editions.publish_edition(COUNCIL_MEMBER, CYCLE, 1, "public", "12/QĐ-HĐ", date(2026, 3, 2))
    with frozen.database.reader() as connection:
        return {event["type"]: event["data"] for event in read_after(connection, 0, 100, "scoring")["events"]}


@pytest.mark.parametrize("name", SCHEMAS)
def test_events_are_the_golden_examples(published: dict[str, Any], name: str) -> None:
    path = EXAMPLES / f"{name}.json"
    if os.environ.get("UPDATE_EXAMPLES"):
        path.write_text(json.dumps(published[name], ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    assert published[name] == json.loads(path.read_text())


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_hold_every_field_of_the_contract(name: str) -> None:
    example = json.loads((EXAMPLES / f"{name}.json").read_text())
    assert SCHEMAS[name](unknown=ma.RAISE).load(example)
    assert set(example) == set(SCHEMAS[name]().fields)


def test_ranking_takes_what_the_others_publish(world: World) -> None:
    for feed, types in ((world.intake, INTAKE_TYPES), (world.verify, ("unit_verified",))):
        for name in types:
            feed.publish(name, f"{name}:example", json.loads((EXAMPLES / f"{name}.json").read_text()))
    assert world.drain() == len(TAKEN)
    assert world.drain() == 0
    with world.database.reader() as connection:
        report = reader_report(connection, "scoring")
    assert [(reader["waiting"], reader["parked"]) for reader in report] == [(0, 0), (0, 0)]
