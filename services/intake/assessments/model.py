"""A unit's self-assessment while it is being filled in: items, who touched them, and how two officers stay apart.

A draft has a version that grows with every change. Whoever saves says which version they saw. Saving the whole draft
needs the newest version; saving single items needs only that nobody else changed *those items* since. Whatever would
overwrite somebody's work unseen is refused (STALE) and says who saved what, and when.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from services.intake.people.model import Edit, Editor, local_time
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence

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


FIGURE, TEXT = "figure", "text"


@dataclass(frozen=True)
class ItemField:
    """One thing that a claim says of an item. It drives form, workbook, CSV, API, differences and prints."""

    name: str  # of the attribute, in documents, and on the form
    kind: str
    title: Sentence  # of its column, and where two versions are compared
    label: Sentence  # on the form
    description: str = ""  # in the API's document
    scored_only: bool = False  # a declaration has none
    width: int = 14  # of its column
    longest: int = LONGEST_NOTE  # of a text

    @property
    def nothing(self) -> Any:
        """What stands there while nothing is said; a blank is never a number."""
        return "" if self.kind == TEXT else None

    def read(self, kept: Any) -> Any:
        """The field from a document; one that does not know it yet says nothing."""
        return (kept or "") if self.kind == TEXT else number_or_none(kept)


ITEM_FIELDS: tuple[ItemField, ...] = (
    ItemField("value", FIGURE, sentence("Value"), sentence("Value")),
    ItemField("self_points", FIGURE, sentence("Self-score"), sentence("Self-score"), scored_only=True, width=12),
    ItemField("target", FIGURE, sentence("Target"), sentence("Target")),
    ItemField("note", TEXT, sentence("Note"), sentence("Note"), width=40),
    ItemField(
        "explanation",
        TEXT,
        sentence("Difference explained"),
        sentence("Why the self-score is not what the rule gives"),
        description="why the self-score is not what the rule gives for the value",
        scored_only=True,
        width=40,
    ),
    ItemField(
        "calculation",
        TEXT,
        sentence("How the value was worked out"),
        sentence("How the value was worked out (figures used, as of which day)"),
        description="how the unit worked its value out: the figures used, and as of which day",
        width=40,
    ),
)
ITEM_TEXTS = tuple(one for one in ITEM_FIELDS if one.kind == TEXT)


def said_in(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a document says of an item, by field."""
    return {one.name: one.read(document.get(one.name)) for one in ITEM_FIELDS}


@dataclass(frozen=True)
class Said:
    """What somebody says about one item of the framework: the fields of `ITEM_FIELDS`."""

    criterion: str
    value: float | None = None
    self_points: float | None = None
    target: float | None = None
    note: str = ""
    explanation: str = ""  # why the self-score is not what the rule gives
    calculation: str = ""  # how the value was worked out

    def figures(self) -> dict[str, Any]:
        """Everything but the evidence, by field; what a history row keeps of it."""
        return {one.name: getattr(self, one.name) for one in ITEM_FIELDS}


@dataclass(frozen=True)
class Claim(Said):
    """What a unit says about one item, with its documents."""

    evidence: tuple[Evidence, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was said."""
        return not self.evidence and all(getattr(self, one.name) == one.nothing for one in ITEM_FIELDS)

    def same_figures(self, other: "Claim") -> bool:
        """Whether everything but the evidence is the same."""
        return replace(self, evidence=()) == replace(other, evidence=())


ASSIGNED, SUPPLIED, ACCEPTED, RETURNED = "assigned", "supplied", "accepted", "returned"


@dataclass(frozen=True)
class Contribution:
    """An item given to a contributor. `version`: of the draft in which this was last changed."""

    criterion: str
    account: str
    name: str
    due_on: date | None = None
    state: str = ASSIGNED
    reason: str = ""
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None
    supplied_at: datetime | None = None

    def is_late(self, today: date) -> bool:
        """Whether it should have been handed in by now."""
        return self.due_on is not None and self.state in (ASSIGNED, RETURNED) and today > self.due_on


@dataclass(frozen=True)
class Dossier:
    """The legal dossier. `mandate`: the document that lets the signer sign for the head of the unit, if one does."""

    document_number: str = ""
    issued_on: date | None = None
    signer: str = ""
    position: str = ""
    mandate: str = ""
    sha256: str | None = None
    size: int | None = None
    media_type: str | None = None
    label: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return self == Dossier()

    def document(self) -> dict[str, Any]:
        """What the submission says of it (shared.contracts.intake_v1.DossierSchema)."""
        return {
            "document_number": self.document_number,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
            "signer": self.signer,
            "position": self.position,
            "mandate": self.mandate,
            "sha256": self.sha256,
            "size": self.size,
            "media_type": self.media_type,
        }


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


STATES = (ASSIGNED, SUPPLIED, ACCEPTED, RETURNED)
STATE_NAMES: dict[str, Sentence] = {
    ASSIGNED: sentence("assigned"),
    SUPPLIED: sentence("handed in"),
    ACCEPTED: sentence("taken over"),
    RETURNED: sentence("returned"),
}
SIGNED_FILE = "application/pdf"


# How the draft's edits name it; no item's code begins so.
DOSSIER = "_dossier"
PARTS: tuple[tuple[str, Sentence], ...] = (
    ("document_number", sentence("number of the document")),
    ("issued_on", sentence("date of the document")),
    ("signer", sentence("signer")),
    ("position", sentence("position of the signer")),
    ("sha256", sentence("signed file")),
)


@dataclass(frozen=True)
class GivenEvidence:
    """A document as a person names it; `sha256` names a file that the unit brought before."""

    sha256: str | None = None
    document_number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    signer: str = ""
    reference_only: bool = False


@dataclass(frozen=True)
class GivenClaim(Said):
    """A claim as given; `evidence` None leaves the documents as they are."""

    evidence: tuple[GivenEvidence, ...] | None = None


def claims_column(claims: Mapping[str, Claim]) -> dict[str, Any]:
    """A draft's claims as JSON, by criterion."""
    return {
        code: {**claim.figures(), "evidence": [evidence_column(entry) for entry in claim.evidence]}
        for code, claim in claims.items()
    }


def claims_of(document: Mapping[str, Any]) -> dict[str, Claim]:
    """The reverse of `claims_column`."""
    return {
        code: Claim(code, **said_in(said), evidence=tuple(evidence_of(entry) for entry in said["evidence"]))
        for code, said in document.items()
    }


def dossier_column(dossier: Dossier) -> dict[str, Any]:
    """A dossier as JSON; empty for an empty one."""
    return {} if dossier.is_empty else {"label": dossier.label, **dossier.document()}


def dossier_of(document: Mapping[str, Any]) -> Dossier:
    """The reverse of `dossier_column`."""
    issued_on = document.get("issued_on")
    return Dossier(**{**document, "issued_on": date.fromisoformat(issued_on) if issued_on else None})


def contributions_column(contributions: Mapping[str, Contribution]) -> dict[str, Any]:
    """Who supplies which item, as JSON."""
    return {
        code: {name: value.isoformat() if isinstance(value, date) else value for name, value in vars(one).items()}
        for code, one in contributions.items()
    }


def contributions_of(document: Mapping[str, Any]) -> dict[str, Contribution]:
    """The reverse of `contributions_column`."""
    return {
        code: Contribution(
            **{
                **said,
                "due_on": date.fromisoformat(said["due_on"]) if said["due_on"] else None,
                "changed_at": datetime.fromisoformat(said["changed_at"]) if said["changed_at"] else None,
                "supplied_at": datetime.fromisoformat(said["supplied_at"]) if said["supplied_at"] else None,
            }
        )
        for code, said in document.items()
    }


def evidence_column(entry: Evidence) -> dict[str, Any]:
    """A document as JSON."""
    return {"id": entry.id, "label": entry.label, **entry.document()}


def evidence_of(document: Mapping[str, Any]) -> Evidence:
    """The reverse of `evidence_column`."""
    issued_on = document["issued_on"]
    return Evidence(**{**document, "issued_on": date.fromisoformat(issued_on) if issued_on else None})


def number_or_none(value: Any) -> float | None:
    return None if value is None else float(value)
