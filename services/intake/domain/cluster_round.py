"""The cluster round: the days on which members read what the others sent, and what a meeting needs to agree."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from services.intake.domain.assessment import REFERENCE_ONLY
from services.intake.domain.challenges import Challenge
from services.intake.domain.cycles import INTAKE_CLOSED, Cycle
from services.intake.domain.submissions import Submission
from shared.clock import VIETNAM, end_of_day
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Criterion, Framework, Item

LAW, REGULATION, ASSUMPTION = "law", "regulation", "assumption"
STANDINGS = (LAW, REGULATION, ASSUMPTION)
LONGEST_SOURCE = 500
PUBLIC = "public"


@dataclass(frozen=True)
class Quorum:
    """Which share of the members must attend before a meeting agrees on anything, and who says so."""

    share: Fraction
    source: str
    standing: str

    def needed(self, members: int) -> int:
        """How many of so many members that is, exactly: 2/3 of 9 is 6."""
        return -(-self.share.numerator * members // self.share.denominator)

    def document(self) -> dict[str, Any]:
        """As the feed and the API show it."""
        return {"share": str(self.share), "source": self.source, "standing": self.standing}


@dataclass(frozen=True)
class Round:
    """A declaration of the days, the newest of which counts. Moments are aware UTC; both ends are exclusive."""

    opens_at: datetime
    closes_at: datetime
    answers_until: datetime
    quorum: Quorum
    reason: str
    account: str
    name: str
    at: datetime

    @property
    def reads_from(self) -> date:
        """The first day."""
        return self.opens_at.astimezone(VIETNAM).date()

    @property
    def reads_to(self) -> date:
        """The last day."""
        return _last_day(self.closes_at)

    @property
    def answers_to(self) -> date:
        """The last day for answers."""
        return _last_day(self.answers_until)

    def is_on(self, moment: datetime) -> bool:
        """Whether it is one of the days."""
        return self.opens_at <= moment < self.closes_at


def _last_day(moment: datetime) -> date:
    return (moment - timedelta(seconds=1)).astimezone(VIETNAM).date()


def start_of_day(day: date) -> datetime:
    """The moment at which `day` begins in Vietnam, in UTC."""
    return end_of_day(day - timedelta(days=1))


def reads(cycle: Cycle, declared: Round | None, units: tuple[str, ...], moment: datetime) -> bool:
    """Whether people of these member units read what the others of their cluster sent.

    Only on the declared days, once intake is closed, and nobody who may still send something themselves.
    """
    return (
        bool(units)
        and declared is not None
        and declared.is_on(moment)
        and cycle.state == INTAKE_CLOSED
        and not any(cycle.takes(unit, moment) for unit in units)
    )


def check_declaration(wanted: Round, before: Round | None) -> None:
    """Refuse days that contradict each other or what has begun already; raises BadInput, located by field."""
    faults: list[Fault] = []
    today = wanted.at.astimezone(VIETNAM).date()
    begun = before is not None and before.opens_at <= wanted.at
    if before is not None and begun and wanted.opens_at != before.opens_at:
        said = sentence("The round began on %(day)s; this day stays.", day=before.reads_from.strftime("%d/%m/%Y"))
        faults.append(Fault(said, path="reads_from"))
    elif not begun and wanted.reads_from < today:
        faults.append(Fault(sentence("The first day lies in the past."), path="reads_from"))
    if wanted.closes_at <= wanted.opens_at:
        faults.append(Fault(sentence("The last day lies before the first."), path="reads_to"))
    elif wanted.reads_to < today:
        faults.append(Fault(sentence("The last day lies in the past."), path="reads_to"))
    if wanted.answers_until < wanted.closes_at:
        said = sentence("Answers are taken at least as long as challenges.")
        faults.append(Fault(said, path="answers_to"))
    if not 0 < wanted.quorum.share <= 1:
        faults.append(Fault(sentence("The share lies between 0 and 1, for example 2/3."), path="quorum"))
    if not wanted.quorum.source:
        faults.append(Fault(sentence("Say where the share of members is laid down."), path="quorum_source"))
    if before is not None and not wanted.reason:
        faults.append(Fault(sentence("Say why the declared days change."), path="reason"))
    if faults:
        raise BadInput(faults)


def not_on() -> Refusal:
    """Challenges are taken on the declared days only."""
    said = sentence("Members challenge items on the declared days of the cluster round only.")
    return Refusal("round_closed", Kind.CONFLICT, said)


def shown_to_members(submission: Submission, framework: Framework) -> Submission:
    """What the other members read of a submission: of classified items and documents the number and nothing else."""
    items = {item.code: item for item in framework.items}
    content = {
        **submission.content,
        "items": [_shown(said, items[said["criterion"]]) for said in submission.content["items"]],
    }
    dossier = content.get("dossier")
    if dossier is not None:
        content["dossier"] = {**dossier, "sha256": None, "size": None, "media_type": None}
    return replace(submission, content=content)


def _shown(said: Mapping[str, Any], item: Item) -> dict[str, Any]:
    evidence = [shown_document(entry, item) for entry in said["evidence"]]
    if item.disclosure == REFERENCE_ONLY:
        nothing: dict[str, Any] = dict.fromkeys(("value", "self_points", "target"))
        texts = {name: "" for name in ("note", "explanation") if name in said}
        return {**said, **nothing, **texts, "evidence": evidence}
    return {**said, "evidence": evidence}


def shown_document(entry: Mapping[str, Any], item: Item) -> dict[str, Any]:
    """A document as the other members see it."""
    return {**entry, **_hidden(entry["reference_only"], item)}


def shown_challenge(challenge: Challenge, item: Item) -> Challenge:
    """A challenge as members see it that are no party to it."""
    answer = challenge.answer
    classified = item.disclosure == REFERENCE_ONLY
    if answer is not None:
        document = answer.document
        if document is not None:
            document = replace(document, **_hidden(document.reference_only, item))
        answer = replace(answer, text="" if classified else answer.text, document=document)
    return replace(
        challenge,
        reason="" if classified else challenge.reason,
        document=replace(challenge.document, **_hidden(challenge.document.reference_only, item)),
        answer=answer,
    )


def _hidden(reference_only: bool, item: Item) -> dict[str, Any]:
    """What a document does not show: its file unless the framework discloses it, and of a classified one all but
    the number."""
    widths = {item.disclosure, item.evidence_disclosure if isinstance(item, Criterion) else PUBLIC}
    hidden: dict[str, Any] = {}
    if widths != {PUBLIC}:
        hidden = {"sha256": None, "size": None, "media_type": None}
    if reference_only or REFERENCE_ONLY in widths:
        hidden |= {"issuer": "", "issued_on": None, "signer": "", "reference_only": True}
    return hidden


STANDING_NAMES: dict[str, Sentence] = {
    LAW: sentence("law"),
    REGULATION: sentence("the cluster's or council's regulation"),
    ASSUMPTION: sentence("an assumption; no rule was found"),
}
