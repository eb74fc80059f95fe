"""Agree on the criteria of a cycle: propose, comment, approve or dissent, confirm."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.intake.adoption.model import Confirmation, Position, Proposal
from services.intake.adoption.queries import directory_of, today_in
from services.intake.adoption.rules import check_position, newest_open, refuse_settled, tally
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import load_framework
from services.intake.notices.actions import notify
from services.intake.notices.model import CRITERIA_CONFIRMED, CRITERIA_POSITION, CRITERIA_PROPOSED, Notice, Recipients
from services.intake.people.actions import record
from services.intake.people.model import OFFICERS
from services.intake.people.rules import administers, not_found, proposes, refuse_unless, speaks_for
from services.intake.ports import Store
from services.intake.vietnamese import one_spelling
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.people import Actor, Role


def propose(store: Store, actor: Actor, cycle_code: str, document: Mapping[str, Any], reason: str) -> Proposal:
    """Propose a framework with its overlays; administrators, cluster heads and deputies. Raises BadInput, located."""
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="update")
        refuse_unless(proposes(actor, cycle.council))
        refuse_settled(cycle)
        framework = load_framework(document)
        said = one_spelling(reason).strip()
        if not said:
            raise BadInput([Fault(sentence("Give the reason."), path="reason")])
        proposals = uow.adoption.proposals(cycle_code)
        if proposals and proposals[-1].confirmation is None:
            newest = proposals[-1]
            if (newest.framework_sha256, newest.reason, newest.account) == (framework.sha256, said, actor.account):
                return newest
        number = len(proposals) + 1
        proposal = Proposal(cycle_code, number, framework.sha256, said, actor.account, actor.name, uow.now)
        uow.adoption.add(proposal, framework)
        details = {"number": number, "framework_sha256": framework.sha256, "reason": said}
        record(uow, actor, "criteria_proposed", f"cycle:{cycle_code}", details)
        everybody = Recipients(cycle.council, (*OFFICERS, Role.ADMINISTRATOR))
        notify(uow, actor, Notice(CRITERIA_PROPOSED, everybody, cycle_code, detail=said))
        uow.commit()
    return proposal


def take_position(
    store: Store, actor: Actor, cycle_code: str, number: int, unit: str, kind: str, text: str
) -> Position:
    """Comment, approve or dissent in the name of a member, on record. The same again changes nothing."""
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="share")
        refuse_unless(speaks_for(actor, cycle.council, unit))
        refuse_settled(cycle)
        proposals = uow.adoption.proposals(cycle_code)
        if not 1 <= number <= len(proposals):
            raise not_found()
        proposal = newest_open(proposals, number)
        if unit not in {one.unit for one in tally(directory_of(uow, cycle), (), today_in(uow)).stands}:
            raise not_found()
        said = one_spelling(text).strip()
        check_position(kind, said)
        own = [one for one in proposal.positions if one.unit == unit]
        if own and (own[-1].kind, own[-1].text) == (kind, said):
            return own[-1]
        position = Position(unit, kind, said, actor.account, actor.name, uow.now)
        uow.adoption.add_position(proposal, position)
        details = {"number": number, "unit": unit, "kind": kind, "text": said}
        record(uow, actor, "criteria_position", f"cycle:{cycle_code}", details)
        asked = Recipients(cycle.council, (Role.ADMINISTRATOR,), accounts=(proposal.account,))
        notify(uow, actor, Notice(CRITERIA_POSITION, asked, cycle_code, unit))
        uow.commit()
    return position


def confirm(store: Store, actor: Actor, cycle_code: str, number: int, document_number: str) -> Proposal:
    """The Board confirms the newest proposal: its framework becomes the cycle's. How members stood is kept with it."""
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="update")
        refuse_unless(administers(actor, cycle.council))
        refuse_settled(cycle)
        proposals = uow.adoption.proposals(cycle_code)
        if not 1 <= number <= len(proposals):
            raise not_found()
        proposal = newest_open(proposals, number)
        document = one_spelling(document_number).strip()
        if not document:
            raise BadInput([Fault(sentence("Give the document's number."), path="document_number")])
        confirmation = Confirmation(document, actor.account, actor.name, uow.now)
        uow.adoption.confirm(proposal, confirmation)
        uow.cycles.adopt(cycle_code, proposal.framework_sha256)
        stood = tally(directory_of(uow, cycle), proposal.positions, today_in(uow))
        details = {"number": number, "framework_sha256": proposal.framework_sha256, "document": document}
        record(uow, actor, "criteria_confirmed", f"cycle:{cycle_code}", {**details, **stood.document()})
        everybody = Recipients(cycle.council, OFFICERS, accounts=(proposal.account,))
        notify(uow, actor, Notice(CRITERIA_CONFIRMED, everybody, cycle_code, detail=document))
        uow.commit()
    return replace(proposal, confirmation=confirmation)
