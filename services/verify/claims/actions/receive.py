"""Takes over what intake's feed says. The feed reader commits, together with its cursor."""

from collections.abc import Mapping
from typing import Any

from services.verify.claims.actions.screenings import request_screenings
from services.verify.claims.rules.due import rests_on_something_else
from services.verify.claims.rules.frameworks import framework_of
from services.verify.ports import UnitOfWork
from shared.criteria.targets import counting_target


class NotArrivedYet(Exception):
    """The event names a cycle or a member that has not arrived: it waits."""


def record_cycle(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`cycle_recorded`: take over the cycle; screen again what rests on something else now, or waits no longer."""
    # A framework that cannot be read would fail in every screening: better the event is parked and seen.
    framework_of(data["framework"], data["framework_sha256"])
    cycle = data["cycle"]
    uow.cycles.take_turns()
    uow.cycles.lock([cycle])
    before, members = uow.cycles.find(cycle), uow.cycles.members(cycle)
    uow.cycles.record(data, uow.now)
    if rests_on_something_else(before, members, data):
        request_screenings(uow, cycle, None)


def record_submission(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`submission_sent`: keep the version, make it the current one and have it screened."""
    cycle, unit = data["cycle"], data["unit"]
    uow.cycles.take_turns()
    uow.cycles.lock([cycle])
    if not uow.cycles.is_member(cycle, unit):
        raise NotArrivedYet(f"{cycle}/{unit}")
    if uow.cycles.record_submission(data, uow.now):
        request_screenings(uow, cycle, {unit})


def record_covenant(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`covenant_recorded`: its targets count from now on; screen the unit again if they are others."""
    cycle, unit = data["cycle"], data["unit"]
    uow.cycles.take_turns()
    uow.cycles.lock([cycle])
    if not uow.cycles.is_member(cycle, unit):
        raise NotArrivedYet(f"{cycle}/{unit}")
    if uow.cycles.record_covenant({**data, "targets": _counting(uow, data)}):
        request_screenings(uow, cycle, {unit})


def record_challenge(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`challenge_recorded`: what another member asks about an item, its answer or withdrawal; screen the unit again."""
    cycle, unit = data["cycle"], data["unit"]
    uow.cycles.take_turns()
    uow.cycles.lock([cycle])
    if not uow.cycles.is_member(cycle, unit):
        raise NotArrivedYet(f"{cycle}/{unit}")
    if uow.cycles.record_challenge(data):
        request_screenings(uow, cycle, {unit})


def _counting(uow: UnitOfWork, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The targets with the one of each criterion that counts; a criterion without one has nothing to say."""
    known = uow.cycles.find(data["cycle"])
    assert known is not None  # its members are known
    framework = framework_of(known.framework, known.framework_sha256)
    criteria = {criterion.code: criterion for criterion in framework.criteria}
    counted = [
        {**target, "counting": counting_target(criteria[target["criterion"]], target["value"], target["assigned"])}
        for target in data["targets"]
        if target["criterion"] in criteria
    ]
    return [target for target in counted if target["counting"] is not None]


def revoke_sessions(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`sessions_revoked`: tokens of the account issued before the moment open nothing any more."""
    uow.cycles.revoke_sessions(data["account"], data["before"])
