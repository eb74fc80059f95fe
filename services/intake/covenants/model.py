"""A unit's covenant: the targets it registers for the year, signed and thereby locked; revisions beside them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import rfc8785

from services.intake.people.model import Edit, Editor, local_time
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Criterion, Framework
from shared.criteria.targets import counting_target

REASSIGNED, FORCE_MAJEURE = "reassigned", "force_majeure"
GROUNDS = (REASSIGNED, FORCE_MAJEURE)
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Line:
    """One criterion: the target registered, last year's result, and what others set. None: not said."""

    criterion: str
    value: float | None = None
    baseline: float | None = None
    assigned: float | None = None  # by the centre; only the Board's administrators say it
    national: float | None = None  # the national figure; likewise
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return self == Line(self.criterion)

    def document(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Signature:
    """Who signed what, and when; `content_sha256` is the hash of the content's RFC 8785 form."""

    content: Mapping[str, Any]
    content_sha256: str
    document_number: str
    issued_on: date | None
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Recognition:
    """The Board lets a revision count beside the registered target."""

    ground: str
    document_number: str
    issued_on: date
    reason: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Revision:
    """A target changed after signing, by a legal document. The registered target stays what points use."""

    number: int
    criterion: str
    value: float
    document_number: str
    issued_on: date
    reason: str
    account: str
    name: str
    at: datetime
    recognition: Recognition | None = None


@dataclass(frozen=True)
class Covenant:
    """A unit's covenant in a cycle; version 0: never touched."""

    cycle: str
    unit: str
    cluster: str
    version: int = 0
    lines: Mapping[str, Line] = field(default_factory=dict)
    edits: Mapping[str, Edit] = field(default_factory=dict)
    signature: Signature | None = None
    revisions: tuple[Revision, ...] = ()

    @property
    def is_signed(self) -> bool:
        return self.signature is not None

    @property
    def feed_version(self) -> int:
        """Grows with the signature, every revision, every recognition."""
        return 1 + len(self.revisions) + sum(one.recognition is not None for one in self.revisions)

    def line(self, criterion: str) -> Line:
        """What is said about a criterion; an empty line if nothing."""
        return self.lines.get(criterion, Line(criterion))

    def registered(self) -> dict[str, float]:
        """The registered targets; none before the signature."""
        if not self.is_signed:
            return {}
        return {code: line.value for code, line in self.lines.items() if line.value is not None}

    def counting(self, framework: Framework) -> dict[str, float]:
        """The targets that points use: registered, assigned or stricter, as each criterion says; none unsigned."""
        if not self.is_signed:
            return {}
        lines = {one: self.line(one.code) for one in framework.criteria}
        counted = {one.code: counting_target(one, line.value, line.assigned) for one, line in lines.items()}
        return {code: target for code, target in counted.items() if target is not None}

    def recognised(self) -> dict[str, float]:
        """The changed targets that the Board recognised, the newest of each criterion; shown beside the registered."""
        return {one.criterion: one.value for one in self.revisions if one.recognition is not None}

    def newest_revision(self, criterion: str) -> Revision | None:
        """The latest revision of a criterion's target."""
        return next((one for one in reversed(self.revisions) if one.criterion == criterion), None)

    def merged(self, wanted: Iterable[Line], seen: int, edit: Editor) -> "Covenant":
        """The next version with these lines; refuses where somebody else changed one of them since `seen`."""
        changed = {line.criterion: line for line in wanted if line != self.line(line.criterion)}
        if not changed:
            return self
        clashes = [code for code in changed if code in self.edits and self.edits[code].version > seen]
        if clashes or seen > self.version:
            raise self._stale(clashes)
        version = self.version + 1
        lines = {code: line for code, line in {**self.lines, **changed}.items() if not line.is_empty}
        made = Edit(version, edit.account, edit.name, edit.at)
        return replace(self, version=version, lines=lines, edits={**self.edits, **dict.fromkeys(changed, made)})

    def _stale(self, codes: Iterable[str]) -> Refusal:
        faults = [
            Fault(
                sentence(
                    "%(criterion)s: %(name)s saved this line at %(time)s.",
                    criterion=code,
                    name=self.edits[code].name,
                    time=local_time(self.edits[code].at),
                ),
                path=f"lines.{code}",
            )
            for code in codes
        ]
        said = sentence("This covenant was changed meanwhile; nothing of yours was saved over it. Please look.")
        return Refusal("covenant_changed", Kind.STALE, said, faults)

    def refuse_signed(self) -> None:
        """A signed covenant is locked."""
        if self.is_signed:
            said = sentence("This covenant is signed and locked. A changed target is entered as a revision.")
            raise Refusal("covenant_signed", Kind.CONFLICT, said)

    def signed(self, framework: Framework, seen: int, document: tuple[str, date | None], edit: Editor) -> "Covenant":
        """The covenant with its signature. Refuses what the signer has not seen, and targets that are missing."""
        self.refuse_signed()
        if seen != self.version:
            raise self._stale(code for code, made in self.edits.items() if made.version > seen)
        faults = [
            Fault(sentence("%(criterion)s: a target is needed.", criterion=one.code), path=f"lines.{one.code}.value")
            for one in targeted(framework)
            if self.line(one.code).value is None
        ] + [
            Fault(
                sentence(
                    "%(criterion)s: the assigned target counts here, and the Board has not entered it yet.",
                    criterion=one.code,
                ),
                path=f"lines.{one.code}.assigned",
            )
            for one in targeted(framework)
            if one.target == "assigned" and self.line(one.code).assigned is None
        ]
        if faults:
            raise BadInput(faults)
        content: dict[str, Any] = {
            "cycle": self.cycle,
            "unit": self.unit,
            "framework_sha256": framework.sha256,
            "targets": [
                {**self.lines[one.code].document(), "unit": one.unit}
                for one in framework.criteria
                if one.code in self.lines and self.lines[one.code].value is not None
            ],
        }
        digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
        number, issued_on = document
        return replace(self, signature=Signature(content, digest, number, issued_on, edit.account, edit.name, edit.at))

    def event(self) -> dict[str, Any]:
        """The data of `covenant_recorded` (shared.contracts.intake_v1.CovenantRecorded)."""
        assert self.signature is not None
        return {
            "cycle": self.cycle,
            "unit": self.unit,
            "cluster": self.cluster,
            "framework_sha256": self.signature.content["framework_sha256"],
            "content_sha256": self.signature.content_sha256,
            "signed_at": self.signature.at.isoformat(),
            "targets": list(self.signature.content["targets"]),
            "revisions": [revision_document(revision) for revision in self.revisions],
        }


def revision_document(revision: Revision) -> dict[str, Any]:
    """A revision as the feed and the API show it."""
    recognition = revision.recognition
    return {
        "number": revision.number,
        "criterion": revision.criterion,
        "value": revision.value,
        "document_number": revision.document_number,
        "issued_on": revision.issued_on.isoformat(),
        "reason": revision.reason,
        "revised_at": revision.at.isoformat(),
        "recognition": None
        if recognition is None
        else {
            "ground": recognition.ground,
            "document_number": recognition.document_number,
            "issued_on": recognition.issued_on.isoformat(),
            "reason": recognition.reason,
            "recognised_at": recognition.at.isoformat(),
        },
    }


def targeted(framework: Framework) -> tuple[Criterion, ...]:
    """The criteria whose rule needs a registered target."""
    return tuple(one for one in framework.criteria if one.target is not None)


# What a target is called by what counts.
TARGET_NAMES = {
    "registered": sentence("Registered target"),
    "assigned": sentence("Assigned target"),
    "stricter": sentence("Stricter of the registered and the assigned target"),
}


@dataclass(frozen=True)
class Caution:
    """A target that asks for less than something it is compared with."""

    criterion: str
    said: Sentence
