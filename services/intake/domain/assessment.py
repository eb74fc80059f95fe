"""A unit's self-assessment while it is being filled in: items, who touched them, and how two officers stay apart.

A draft has a version that grows with every change. Whoever saves says which version they saw. Saving the whole draft
needs the newest version; saving single items needs only that nobody else changed *those items* since. Whatever would
overwrite somebody's work unseen is refused (STALE) and says who saved what, and when.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from services.intake.domain.contributions import Contribution
from services.intake.domain.dossier import DOSSIER, Dossier
from shared.clock import VIETNAM
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Binary, Bonus, Criterion, Framework, Gate, Item, Penalty, Rubric

MOST_EVIDENCE = 20  # per item
LONGEST_NOTE = 4000  # of a note, and of an explanation
REFERENCE_ONLY = "reference_only"


@dataclass(frozen=True)
class Evidence:
    """What supports an item: a stored file (by hash) with its document's data, or only a document's reference."""

    id: str
    sha256: str | None = None
    size: int | None = None
    media_type: str | None = None
    label: str = ""
    document_number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    signer: str = ""
    reference_only: bool = False

    def document(self) -> dict[str, Any]:
        """What the submission says of it (shared.contracts.intake_v1.EvidenceSchema)."""
        return {
            "sha256": self.sha256,
            "size": self.size,
            "media_type": self.media_type,
            "document_number": self.document_number,
            "issuer": self.issuer,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
            "signer": self.signer,
            "reference_only": self.reference_only,
        }


@dataclass(frozen=True)
class Claim:
    """What a unit says about one item of the framework. None: nothing said; a blank is never a number."""

    criterion: str
    value: float | None = None
    self_points: float | None = None
    target: float | None = None
    note: str = ""
    explanation: str = ""  # why the self-score is not what the rule gives
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was said."""
        figures = (self.value, self.self_points, self.target)
        return not (self.note or self.explanation or self.evidence) and all(figure is None for figure in figures)

    def same_figures(self, other: "Claim") -> bool:
        """Whether everything but the evidence is the same."""
        return replace(self, evidence=()) == replace(other, evidence=())

    def figures(self) -> dict[str, Any]:
        """What a history row keeps of it."""
        return {
            "value": self.value,
            "self_points": self.self_points,
            "target": self.target,
            "note": self.note,
            "explanation": self.explanation,
        }


@dataclass(frozen=True)
class Edit:
    """Who last changed an item's figures, when, and with which version of the draft."""

    version: int
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Editor:
    """Who changes something now."""

    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Draft:
    """A unit's self-assessment as it stands. `submissions`: how many were sent so far; version 0: never touched."""

    cycle: str
    unit: str
    cluster: str
    version: int = 0
    submissions: int = 0
    claims: Mapping[str, Claim] = field(default_factory=dict)
    edits: Mapping[str, Edit] = field(default_factory=dict)
    sent_version: int | None = None  # the version that the latest submission was made from
    dossier: Dossier = field(default_factory=Dossier)
    contributions: Mapping[str, Contribution] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """The version as it travels in ETag and If-Match (without quotes)."""
        return str(self.version)

    @property
    def is_sent(self) -> bool:
        """Whether what stands here is what was sent last."""
        return self.sent_version == self.version

    def claim(self, criterion: str) -> Claim:
        """What is said about an item; an empty claim if nothing."""
        return self.claims.get(criterion, Claim(criterion))

    def evidence(self, evidence_id: str) -> tuple[str, Evidence] | None:
        """The criterion and the entry of that id."""
        for code, claim in self.claims.items():
            for entry in claim.evidence:
                if entry.id == evidence_id:
                    return code, entry
        return None

    def with_claims(self, wanted: Mapping[str, Claim], edit: Editor) -> "Draft":
        """The next version with these claims in place; the same draft if they change nothing."""
        changed = {code: claim for code, claim in wanted.items() if claim != self.claim(code)}
        if not changed:
            return self
        version = self.version + 1
        claims = {code: claim for code, claim in {**self.claims, **changed}.items() if not claim.is_empty}
        edits = dict(self.edits)
        for code, claim in changed.items():
            if not claim.same_figures(self.claim(code)):
                edits[code] = Edit(version, edit.account, edit.name, edit.at)
        return replace(self, version=version, claims=claims, edits=edits)

    def replaced(self, wanted: Iterable[Claim], seen: int, edit: Editor) -> "Draft":
        """The whole draft anew; refuses if it is not at the version that was seen."""
        if seen != self.version:
            raise self.stale(code for code, made in self.edits.items() if made.version > seen)
        given = {claim.criterion: claim for claim in wanted}
        return self.with_claims({**{code: Claim(code) for code in self.claims}, **given}, edit)

    def merged(self, wanted: Iterable[Claim], seen: int, edit: Editor) -> "Draft":
        """Some items' figures anew (their evidence stays); refuses where somebody else changed those since."""
        given = {claim.criterion: replace(claim, evidence=self.claim(claim.criterion).evidence) for claim in wanted}
        clashes = [
            code
            for code, claim in given.items()
            if code in self.edits and self.edits[code].version > seen and not claim.same_figures(self.claim(code))
        ]
        if clashes or seen > self.version:
            raise self.stale(clashes)
        return self.with_claims(given, edit)

    def with_dossier(self, dossier: Dossier, seen: int, edit: Editor) -> "Draft":
        """The next version with this dossier; refuses if somebody else changed the dossier since `seen`."""
        if dossier == self.dossier:
            return self
        if seen > self.version or (DOSSIER in self.edits and self.edits[DOSSIER].version > seen):
            raise self.stale([DOSSIER])
        version = self.version + 1
        edits = {**self.edits, DOSSIER: Edit(version, edit.account, edit.name, edit.at)}
        return replace(self, version=version, dossier=dossier, edits=edits)

    def stale(self, codes: Iterable[str]) -> Refusal:
        """Somebody else saved first: who, what and when."""
        faults = [Fault(self.said_edit(code), path=f"items.{code}") for code in codes if code in self.edits]
        return Refusal(
            "draft_changed",
            Kind.STALE,
            sentence("This self-assessment was changed meanwhile; nothing of yours was saved over it. Please look."),
            faults,
        )

    def said_edit(self, code: str) -> Sentence:
        """`C1: Lan saved value 5.1, self-score 40 on 22/11/2026 10:05.`"""
        edit, claim = self.edits[code], self.claim(code)
        if code == DOSSIER:
            return sentence("%(name)s saved the legal dossier at %(time)s.", name=edit.name, time=local_time(edit.at))
        return sentence(
            "%(criterion)s: %(name)s saved value %(value)s and self-score %(points)s at %(time)s.",
            criterion=code,
            name=edit.name,
            value="–" if claim.value is None else claim.value,
            points="–" if claim.self_points is None else claim.self_points,
            time=local_time(edit.at),
        )


def local_time(moment: datetime) -> str:
    """A moment as people in Vietnam write it."""
    return moment.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def check_claims(framework: Framework, claims: Sequence[Claim]) -> None:
    """Refuse what cannot be a claim under this framework; raises BadInput with every fault, located by position.

    A value outside a rule's range, or a self-score above the maximum, is a question for verification and passes.
    """
    faults: list[Fault] = []
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        place = f"items.{index}"
        column = framework.columns.get(claim.criterion)
        if column is None:
            said = sentence("The framework has no item %(criterion)s.", criterion=claim.criterion)
            faults.append(Fault(said, path=f"{place}.criterion"))
            continue
        if claim.criterion in seen:
            said = sentence("Item %(criterion)s is given twice.", criterion=claim.criterion)
            faults.append(Fault(said, path=f"{place}.criterion"))
        seen.add(claim.criterion)
        faults.extend(_claim_faults(framework.items[column], claim, place))
    if faults:
        raise BadInput(faults)


def _claim_faults(item: Item, claim: Claim, place: str) -> list[Fault]:
    faults: list[Fault] = []
    if claim.value is not None and needs_whole_number(item) and claim.value % 1:
        said = sentence("%(criterion)s: expected a whole number.", criterion=claim.criterion)
        faults.append(Fault(said, path=f"{place}.value"))
    if claim.value is not None and item.disclosure == REFERENCE_ONLY:
        said = sentence("%(criterion)s is classified: give the document's number, not a value.", criterion=item.code)
        faults.append(Fault(said, path=f"{place}.value"))
    for number, entry in enumerate(claim.evidence):
        said_entry = evidence_fault(item, entry)
        if said_entry is not None:
            faults.append(Fault(said_entry, path=f"{place}.evidence.{number}"))
    if len(claim.evidence) > MOST_EVIDENCE:
        said = sentence("At most %(most)s documents support one item.", most=MOST_EVIDENCE)
        faults.append(Fault(said, path=f"{place}.evidence"))
    return faults


def evidence_fault(item: Item, entry: Evidence) -> Sentence | None:
    """Why an entry cannot support this item, or None."""
    classified = item.disclosure == REFERENCE_ONLY or (
        isinstance(item, Criterion) and item.evidence_disclosure == REFERENCE_ONLY
    )
    if entry.sha256 is not None and (classified or entry.reference_only):
        return sentence("A classified document is named by its number only; the file must not be attached.")
    if entry.sha256 is None and not entry.document_number.strip():
        return sentence("Attach a file or give the document's number.")
    return None


def is_choice(item: Item) -> bool:
    """Yes or no rather than a figure."""
    return isinstance(item, Gate) or (isinstance(item, Criterion) and isinstance(item.rule, Binary))


def needs_whole_number(item: Item) -> bool:
    """Whether its value counts things or names a level."""
    if isinstance(item, Criterion):
        return item.kind == "count" or isinstance(item.rule, Rubric)
    return isinstance(item, Bonus | Penalty)
