"""Takes over what intake's feed says. The feed reader commits, together with its cursor."""

from collections.abc import Mapping
from typing import Any

from services.verify.claims.actions.screenings import request_screenings
from services.verify.claims.rules.frameworks import framework_of
from services.verify.ports import Transaction
from shared.criteria.targets import counting_target


class NotArrivedYet(Exception):
    """The event names a cycle or a member that has not arrived: it waits."""


def record_cycle(transaction: Transaction, data: Mapping[str, Any]) -> None:
    """`cycle_recorded`: take over the cycle; screen again what rests on something else now, or waits no longer."""
    # A framework that cannot be read would fail in every screening: better the event is parked and seen.
    framework_of(data["framework"], data["framework_sha256"])
    transaction.cycles.take_turns()
    transaction.cycles.lock([data["cycle"]])
    if transaction.cycles.record(data, transaction.now):
        request_screenings(transaction, data["cycle"], None)


def record_submission(transaction: Transaction, data: Mapping[str, Any]) -> None:
    """`submission_sent`: keep the version, make it the current one and have it screened."""
    cycle, unit = data["cycle"], data["unit"]
    transaction.cycles.take_turns()
    transaction.cycles.lock([cycle])
    if not transaction.cycles.is_member(cycle, unit):
        raise NotArrivedYet(f"{cycle}/{unit}")
    if transaction.cycles.record_submission(data, transaction.now):
        request_screenings(transaction, cycle, {unit})


def record_covenant(transaction: Transaction, data: Mapping[str, Any]) -> None:
    """`covenant_recorded`: its targets count from now on; screen the unit again if they are others."""
    cycle, unit = data["cycle"], data["unit"]
    transaction.cycles.take_turns()
    transaction.cycles.lock([cycle])
    if not transaction.cycles.is_member(cycle, unit):
        raise NotArrivedYet(f"{cycle}/{unit}")
    if transaction.cycles.record_covenant({**data, "targets": _counting(transaction, data)}):
        request_screenings(transaction, cycle, {unit})


def record_challenge(transaction: Transaction, data: Mapping[str, Any]) -> None:
    """`challenge_recorded`: what another member asks about an item, its answer or withdrawal; screen the unit again."""
    cycle, unit = data["cycle"], data["unit"]
    transaction.cycles.take_turns()
    transaction.cycles.lock([cycle])
    if not transaction.cycles.is_member(cycle, unit):
        raise NotArrivedYet(f"{cycle}/{unit}")
    if transaction.cycles.record_challenge(data):
        request_screenings(transaction, cycle, {unit})


def _counting(transaction: Transaction, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The targets with the one of each criterion that counts; a criterion without one has nothing to say."""
    known = transaction.cycles.find(data["cycle"])
    assert known is not None  # its members are known
    framework = framework_of(known.framework, known.framework_sha256)
    criteria = {criterion.code: criterion for criterion in framework.criteria}
    counted = [
        {**target, "counting": counting_target(criteria[target["criterion"]], target["value"], target["assigned"])}
        for target in data["targets"]
        if target["criterion"] in criteria
    ]
    return [target for target in counted if target["counting"] is not None]


def revoke_sessions(transaction: Transaction, data: Mapping[str, Any]) -> None:
    """`sessions_revoked`: tokens of the account issued before the moment open nothing any more."""
    transaction.cycles.revoke_sessions(data["account"], data["before"])
