"""The self-assessment form: what an item shows, and what a post of it changes.

Each item carries a mark of what the person saw. A post changes only the items that differ from their mark, so that two
people with the form open do not undo each other's items. What is typed is read in the language of the page, and then
goes through the schema of the API, item by item: good items are saved, bad ones listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import marshmallow as ma

from services.intake.assessments.model import ITEM_FIELDS, ITEM_TEXTS, TEXT, Claim, GivenClaim, ItemField
from services.intake.assessments.queries import DraftView
from services.intake.assessments.rules import differ, is_choice, needs_whole_number, points_of
from services.intake.assessments.schemas import GivenItemSchema
from services.intake.covenants.rules import target_name
from services.intake.cycles.model import Rolled
from services.intake.typed import clean
from services.intake.web import hash_of
from shared.contracts.figures import NotAFigure, read_figure, written_figure
from shared.contracts.refusals import Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Criterion, Gate, Item


def field_name(code: str, name: str) -> str:
    """How a field is called on the page: as faults of the schema name it, with the item's code for its index."""
    return f"items.{code}.{name}"


@dataclass
class Row:
    """One item on the form: what stands in its fields, what is wrong with it, who else touched it."""

    item: Item
    claim: Claim
    typed: dict[str, str]
    mark: str
    editable: bool
    computed: float | None
    maximum: float | None
    registered: float | None = None  # the target the covenant registered; it is not typed any more
    recognised: float | None = None  # a changed target that the Board recognised
    computed_recognised: float | None = None  # points at that target, shown beside those that count
    rolled: Rolled | None = None  # what the shorter cycles come to
    errors: dict[str, Sentence] = field(default_factory=dict)
    clash: Sentence | None = None

    @property
    def code(self) -> str:
        return self.item.code

    @property
    def unit(self) -> str:
        """What the value is counted in, where the framework says so."""
        return getattr(self.item, "unit", "")

    @property
    def is_classified(self) -> bool:
        """Only a document's number may be given."""
        return self.item.disclosure == "reference_only"

    @property
    def is_choice(self) -> bool:
        """Yes or no rather than a figure."""
        return is_choice(self.item)

    @property
    def has_points(self) -> bool:
        """Gates are declared, not scored."""
        return not isinstance(self.item, Gate)

    @property
    def has_target(self) -> bool:
        return isinstance(self.item, Criterion) and self.item.target is not None

    @property
    def target_name(self) -> Sentence:
        """What its target is called: by what counts."""
        return target_name([self.item] if isinstance(self.item, Criterion) else [])

    @property
    def is_whole(self) -> bool:
        return needs_whole_number(self.item)

    @property
    def waits_for_cluster(self) -> bool:
        """Its points depend on the other units."""
        return self.item.compares != "nobody"

    @property
    def needs_evidence(self) -> bool:
        return getattr(self.item, "evidence", None) == "required"

    @property
    def texts(self) -> list[ItemField]:
        """What may be said of it in words."""
        return [one for one in ITEM_TEXTS if self.has_points or not one.scored_only]

    @property
    def differs(self) -> bool:
        """Whether the self-score is not what the rule gives (beyond rounding)."""
        return differ(self.computed, self.claim.self_points)


@dataclass(frozen=True)
class Posted:
    """What a post of the form asks for: changed items, and the rows to show again if that cannot be done."""

    changed: tuple[GivenClaim, ...]
    errors: Mapping[str, Sentence]
    rows: Mapping[str, Row]
    seen: int


def rows_of(view: DraftView, language: str) -> dict[str, Row]:
    """The form as it stands, by item code, in the framework's order."""
    return {item.code: _row(view, item, language) for item in view.framework.items if item.code in view.readable}


def _row(view: DraftView, item: Item, language: str) -> Row:
    claim = view.draft.claim(item.code)
    recognised = view.recognised.get(item.code)
    typed = {
        name: said if isinstance(said, str) else written_figure(said, language)
        for name, said in claim.figures().items()
    }
    mark = mark_of(typed)
    if begun := view.begins_with(item.code):
        # Shown, and kept with the next save: the mark is that of the empty item.
        typed = {**typed, "value": written_figure(begun.value, language)}
    return Row(
        item=item,
        claim=claim,
        typed=typed,
        mark=mark,
        rolled=view.rolled.get(item.code),
        editable=item.code in view.editable,
        computed=points_of(view.framework, item, view.scored_claims.get(item.code, claim), view.member.cluster),
        registered=view.targets.get(item.code),
        recognised=recognised,
        computed_recognised=None
        if recognised is None
        else points_of(view.framework, item, replace(claim, target=recognised), view.member.cluster),
        maximum=view.framework.maximum(item.code, view.member.cluster) if isinstance(item, Criterion) else None,
    )


def mark_of(typed: Mapping[str, str]) -> str:
    """A short hash of what stands in an item's fields."""
    return hash_of([typed[one.name] for one in ITEM_FIELDS])


def read_post(view: DraftView, form: Mapping[str, str], language: str) -> Posted:
    """Read a posted form against the draft as it stands now."""
    rows = rows_of(view, language)
    changed: list[GivenClaim] = []
    errors: dict[str, Sentence] = {}
    for code, row in rows.items():
        if not row.editable or f"mark-{code}" not in form:
            continue
        typed = {one.name: _typed(form, one.name, code, row) for one in ITEM_FIELDS}
        if mark_of(typed) == form[f"mark-{code}"]:
            continue  # untouched here; whatever somebody else saved stays and is shown
        row.typed = typed
        claim = _claim(row, typed)
        errors |= {field_name(code, name): said for name, said in row.errors.items()}
        if claim is not None:
            changed.append(claim)
    seen = form.get("seen", "")
    return Posted(
        tuple(changed), errors, rows, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0
    )


def _typed(form: Mapping[str, str], name: str, code: str, row: Row) -> str:
    text = form.get(field_name(code, name))
    if text is None:
        return row.typed[name]  # a field this item does not have
    return clean(text)


def _claim(row: Row, typed: Mapping[str, str]) -> GivenClaim | None:
    """The item as the API would be given it; what is wrong with it goes to the row."""
    given: dict[str, Any] = {"criterion": row.code}
    for one in ITEM_FIELDS:
        try:
            given[one.name] = typed[one.name] if one.kind == TEXT else read_figure(typed[one.name])
        except NotAFigure as fault:
            row.errors[one.name] = located(row, fault.said)
    try:
        claim: GivenClaim = GivenItemSchema().load(given)
    except ma.ValidationError as error:
        for one in ITEM_FIELDS:
            if one.name in error.normalized_messages():
                row.errors.setdefault(one.name, located(row, _fault(one, given[one.name])))
    return None if row.errors else claim


def _fault(one: ItemField, given: Any) -> Sentence:
    """What the schema has against a field, for people."""
    if one.kind == TEXT and len(given) > one.longest:
        return sentence("The text is longer than %(most)s characters.", most=one.longest)
    return sentence("This value cannot stand here.")


def located(row: Row, said: Sentence) -> Sentence:
    """A fault with its item's code before it."""
    return sentence("%(criterion)s: %(fault)s", criterion=row.code, fault=said)


def with_refusal(posted: Posted, refusal: Refusal) -> Posted:
    """The rows with what a refusal says about them, each at its field."""
    errors: dict[str, Sentence] = {}
    for fault in refusal.faults:
        code, name = _place(posted, fault.path or "")
        row = posted.rows.get(code)
        if row is None:
            errors[""] = fault.said
        elif refusal.code == "draft_changed":
            row.clash = fault.said
            errors[field_name(code, "value")] = fault.said
        else:
            row.errors[name] = fault.said
            errors[field_name(code, name)] = fault.said
    return replace(posted, errors=errors or {"": refusal.said})


def _place(posted: Posted, path: str) -> tuple[str, str]:
    """`items.C1` → (C1, value); `items.3.self_points` → (the code of the fourth changed item, self_points)."""
    _, _, rest = path.partition("items.")
    first, _, name = rest.partition(".")
    if first.isdigit() and name:
        index = int(first)
        code = posted.changed[index].criterion if index < len(posted.changed) else ""
        return code, name if name in {one.name for one in ITEM_FIELDS} else "value"
    return rest, "value"
