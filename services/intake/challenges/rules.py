"""When a challenge may be made, answered and withdrawn, and what members see of it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from services.intake.assessments.model import REFERENCE_ONLY, Evidence
from services.intake.assessments.rules import evidence_fault
from services.intake.challenges.model import NEEDED, Challenge
from services.intake.submissions.rules import hidden
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Item


def document_faults(document: Evidence, item: Item, *, whole: bool) -> list[Fault]:
    """What a document lacks, by field. `whole`: everything is needed that gives a document legal value."""
    faults: list[Fault] = []
    for name, said in NEEDED if whole else NEEDED[:1]:
        if not getattr(document, name):
            faults.append(Fault(said, path=f"document.{name}"))
    classified = evidence_fault(item, document)
    if document.sha256 is not None and classified is not None:
        faults.append(Fault(classified, path="document.sha256"))
    if whole and document.sha256 is None and not document.reference_only:
        said = sentence("Attach the document, or say that only its number may be given.")
        faults.append(Fault(said, path="document.sha256"))
    return faults


def check_challenge(item: Item, reason: str, document: Evidence) -> None:
    """A challenge has a reason and a complete document; raises BadInput, located by field."""
    faults = document_faults(document, item, whole=True)
    if not reason:
        faults.insert(0, Fault(sentence("Say what you ask about and why."), path="reason"))
    if faults:
        raise BadInput(faults)


def check_answer(challenge: Challenge, item: Item, text: str, document: Evidence | None) -> None:
    """An answer is given once, to a challenge that stands; raises CONFLICT or BadInput."""
    refuse_withdrawn(challenge)
    if challenge.answer is not None:
        said = sentence("This challenge was answered before; an answer is given once.")
        raise Refusal("challenge_answered", Kind.CONFLICT, said)
    faults = [] if document is None else document_faults(document, item, whole=False)
    if not text:
        faults.insert(0, Fault(sentence("Answer in words."), path="text"))
    if faults:
        raise BadInput(faults)


def refuse_withdrawn(challenge: Challenge) -> None:
    """Nothing follows a withdrawal."""
    if challenge.withdrawal is not None:
        raise Refusal("challenge_withdrawn", Kind.CONFLICT, sentence("This challenge was withdrawn."))


def refuse_second(known: Sequence[Challenge], by_unit: str) -> None:
    """A member has one standing challenge on an item at a time."""
    if any(one.by_unit == by_unit and one.withdrawal is None for one in known):
        said = sentence("Your unit has challenged this item already; withdraw that challenge to enter another.")
        raise Refusal("challenge_stands", Kind.CONFLICT, said)


def shown_challenge(challenge: Challenge, item: Item) -> Challenge:
    """A challenge as members see it that are no party to it."""
    answer = challenge.answer
    classified = item.disclosure == REFERENCE_ONLY
    if answer is not None:
        document = answer.document
        if document is not None:
            document = replace(document, **hidden(document.reference_only, item))
        answer = replace(answer, text="" if classified else answer.text, document=document)
    return replace(
        challenge,
        reason="" if classified else challenge.reason,
        document=replace(challenge.document, **hidden(challenge.document.reference_only, item)),
        answer=answer,
    )
