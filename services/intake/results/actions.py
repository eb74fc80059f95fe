"""Declare what a cycle rolls up; take verified results."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.intake.cycles.model import DRAFT, MOST_PARTS, OPEN, Cycle, RollUp
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import check_rules, in_order
from services.intake.people.actions import editor, record
from services.intake.people.model import NotArrivedYet
from services.intake.people.rules import administers, refuse_unless, takes_part
from services.intake.ports import Store, UnitOfWork
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


def set_roll_up(
    store: Store, actor: Actor, code: str, parts: Sequence[str], rule: str, rules: Mapping[str, str]
) -> RollUp:
    """Declare which shorter cycles the cycle rolls up, and how; no parts: none. Administrators, until intake closes."""
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, code, lock="update")
        refuse_unless(administers(actor, cycle.council))
        if cycle.state not in (DRAFT, OPEN):
            said = sentence("Intake of this cycle is over; what it rolls up stays as it is.")
            raise Refusal("cycle_state", Kind.CONFLICT, said)
        check_rules(uow.cycles.framework(cycle.framework_sha256), rule, rules)
        roll_up = RollUp(tuple(one.code for one in in_order(cycle, _found(uow, actor, parts))), rule, dict(rules))
        if roll_up != uow.cycles.roll_up(code):
            uow.cycles.set_roll_up(code, roll_up, editor(uow, actor))
            record(uow, actor, "roll_up_set", f"cycle:{code}", roll_up.document())
            uow.commit()
    return roll_up


def _found(uow: UnitOfWork, actor: Actor, codes: Sequence[str]) -> list[Cycle]:
    if len(codes) > MOST_PARTS or len(set(codes)) < len(codes):
        said = sentence("At most %(most)s different cycles.", most=MOST_PARTS)
        raise BadInput([Fault(said, path="parts")])
    known = {one.code: one for one in uow.cycles.all() if takes_part(actor, one.council)}
    faults = [
        Fault(sentence("There is no cycle %(cycle)s.", cycle=code), path=f"parts.{index}")
        for index, code in enumerate(codes)
        if code not in known
    ]
    if faults:
        raise BadInput(faults)
    return [known[code] for code in codes]


def record_verified(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`unit_verified`: keep the values that count. They are final once the unit was compared with its cluster and
    nothing is left to decide."""
    if uow.cycles.member(data["cycle"], data["unit"]) is None:
        raise NotArrivedYet(f"{data['cycle']}/{data['unit']}")
    items = data["items"]
    values = {item["criterion"]: item["value"] for item in items if item["value"] is not None}
    is_final = data["cohort_screened"] and not any(item["blocks_freeze"] for item in items)
    uow.verified.save(data["cycle"], data["unit"], values, is_final=is_final)
