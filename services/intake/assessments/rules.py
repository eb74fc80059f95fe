"""What a claim may hold, who works on which item, and what the rule gives for a claimed value. Pure."""

import math
import uuid
from collections.abc import Mapping, Sequence

import numpy as np

from services.intake.assessments.model import (
    ACCEPTED,
    MOST_EVIDENCE,
    PARTS,
    REFERENCE_ONLY,
    SIGNED_FILE,
    Claim,
    Dossier,
    Draft,
    Evidence,
    GivenEvidence,
)
from services.intake.files.model import Upload
from services.intake.vietnamese import one_spelling
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Binary, Bonus, Criterion, Framework, Gate, Item, Penalty, Rubric
from shared.criteria.rules import points


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


def missing_parts(dossier: Dossier) -> tuple[Sentence, ...]:
    """What a complete dossier still needs, in words."""
    return tuple(said for name, said in PARTS if not getattr(dossier, name))


def refuse_other_file(media_type: str) -> None:
    """The signed document is a PDF."""
    if media_type != SIGNED_FILE:
        raise Refusal(
            "dossier_type",
            Kind.UNSUPPORTED,
            sentence("The signed document is attached as a PDF file."),
        )


def points_of(framework: Framework, item: Item, claim: Claim, cluster: str) -> float | None:
    """Points of one claim by the rule; None where there is no value, no rule, or the cluster decides."""
    if claim.value is None or isinstance(item, Gate) or item.compares != "nobody":
        return None
    if isinstance(item, Bonus):
        return min(claim.value * item.points_each, item.cap)
    if isinstance(item, Penalty):
        return max(claim.value * item.points_each, item.floor)
    if item.rule is None:
        return None
    target = math.nan if claim.target is None else claim.target
    maximum = np.array([framework.maximum(item.code, cluster)])
    result = float(points(item, np.array([claim.value]), np.array([target]), maxima=maximum)[0])
    return None if math.isnan(result) else result


def differ(computed: float | None, self_points: float | None) -> bool:
    """Whether a self-score is not what the rule gives, beyond rounding to hundredths."""
    return computed is not None and self_points is not None and abs(computed - self_points) > 0.005 + 1e-9


def unexplained(framework: Framework, claims: dict[str, Claim], cluster: str) -> tuple[str, ...]:
    """Items whose self-score differs from the rule's points and that say nowhere why, in the framework's order."""
    said = [(item, claims[item.code]) for item in framework.items if item.code in claims]
    return tuple(
        item.code
        for item, claim in said
        if differ(points_of(framework, item, claim, cluster), claim.self_points)
        and not (claim.explanation or claim.note)
    )


def self_score(framework: Framework, claims: dict[str, Claim]) -> float | None:
    """The sum of the self-scores of a points table (`sum` all the way); None for index-type frameworks."""
    return sum_of_points(framework, {code: claim.self_points for code, claim in claims.items()})


def sum_of_points(framework: Framework, given: Mapping[str, float | None]) -> float | None:
    """The same of self-scores by item, as what was sent holds them."""
    if any(group.aggregation != "sum" for group in framework.root.walk()):
        return None
    scored: list[Item] = [*framework.criteria, *framework.bonuses, *framework.penalties]
    figures = [given.get(item.code) for item in scored]
    return math.fsum(figure for figure in figures if figure is not None)


def assigned_to(draft: Draft, account: str) -> frozenset[str]:
    """The items given to this account."""
    return frozenset(code for code, one in draft.contributions.items() if one.account == account)


def open_to(draft: Draft, account: str) -> frozenset[str]:
    """Those of them that the contributor may still change: what was accepted is the officers'."""
    return frozenset(
        code for code, one in draft.contributions.items() if one.account == account and one.state != ACCEPTED
    )


def new_evidence(given: GivenEvidence, upload: Upload | None) -> Evidence:
    """An entry of its own, with what is known of its file."""
    return Evidence(
        id=uuid.uuid4().hex,
        sha256=upload.file.sha256 if upload else None,
        size=upload.file.size if upload else None,
        media_type=upload.file.media_type if upload else None,
        label=upload.label if upload else "",
        document_number=one_spelling(given.document_number).strip(),
        issuer=one_spelling(given.issuer).strip(),
        issued_on=given.issued_on,
        signer=one_spelling(given.signer).strip(),
        reference_only=given.reference_only,
    )


def subject_of(draft: Draft) -> str:
    """How history names a unit's self-assessment."""
    return f"assessment:{draft.cycle}/{draft.unit}"
