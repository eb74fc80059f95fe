"""How voting's values stand in JSON: snapshots, rules, announced tallies."""

from collections.abc import Mapping
from typing import Any

from services.ranking.voting.model import Base, Box, Member, Rule, Share, Snapshot, Status, Tally


def rule_document(rule: Rule) -> dict[str, Any]:
    """A rule with everything that is printed on the result."""
    return {
        "numerator": rule.share.numerator,
        "denominator": rule.share.denominator,
        "more_than": rule.share.more_than,
        "base": str(rule.base),
        "source": rule.source,
        "status": str(rule.status),
    }


def rule_of(document: Mapping[str, Any]) -> Rule:
    """The reverse of `rule_document`."""
    return Rule(
        Share(document["numerator"], document["denominator"], document["more_than"]),
        Base(document["base"]),
        document["source"],
        Status(document["status"]),
    )


def snapshot_document(snapshot: Snapshot) -> dict[str, Any]:
    """What a box keeps of its snapshot beside its own columns."""
    return {
        "council_title": dict(snapshot.council_title),
        "cycle_title": dict(snapshot.cycle_title),
        "cluster_title": dict(snapshot.cluster_title),
        "method": snapshot.method,
        "frozen_at": snapshot.frozen_at.isoformat(),
        "synthetic": snapshot.synthetic,
        "notice": None if snapshot.notice is None else dict(snapshot.notice),
        "members": [{"unit": member.unit, "title": dict(member.title)} for member in snapshot.members],
    }


def members_of(document: Mapping[str, Any]) -> tuple[Member, ...]:
    """The roll in a snapshot document."""
    return tuple(Member(member["unit"], member["title"]) for member in document["members"])


def tally_document(box: Box, tally: Tally) -> dict[str, Any]:
    """The announced result: counts, rules with their sources, and no ballot."""
    return {
        "synthetic": box.snapshot.synthetic,
        "method": box.plan.method.name,
        "places": box.plan.method.places,
        "sent": tally.sent,
        "returned": tally.returned,
        "valid": tally.valid,
        "blank": tally.blank,
        "unreadable": tally.unreadable,
        "quorum": {
            **rule_document(box.plan.quorum),
            "needed": tally.quorum_needed,
            "reached": tally.quorum_reached,
        },
        "threshold": {**rule_document(box.plan.threshold), "needed": tally.threshold_needed},
        "withheld": None if tally.withheld is None else str(tally.withheld),
        "decided": tally.decided,
        "lines": [
            {"place": line.place, "counts": [{"unit": unit, "votes": votes} for unit, votes in line.counts]}
            for line in tally.lines
        ],
        "outcomes": [
            {
                "place": outcome.place,
                "standing": str(outcome.standing),
                "units": list(outcome.units),
                "tied": list(outcome.tied),
            }
            for outcome in tally.outcomes
        ],
        "units": {member.unit: dict(member.title) for member in box.snapshot.members},
    }
