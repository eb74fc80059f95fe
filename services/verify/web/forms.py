"""Posted forms: what was typed is kept, and every error stands at its field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.contracts.figures import NotAFigure, read_figure
from shared.contracts.refusals import Refusal
from shared.contracts.sentences import Sentence, sentence

LONGEST_DOCUMENT = 200
# Which field a refusal of the deciding rules belongs to; others concern the form as a whole.
_FIELDS = {
    "reason_missing": "reason",
    "reason_too_long": "reason",
    "document_missing": "document_number",
    "value_missing": "figure",
    "value_not_wanted": "figure",
    "out_of_range": "figure",
}


@dataclass
class Posted:
    """What stands in a form's fields, and what is wrong with it by field name (empty: the form as a whole)."""

    typed: Mapping[str, str]
    errors: dict[str, Sentence] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What was typed, without blanks around it."""
        return self.typed.get(name, "").strip()

    def figure(self, name: str) -> float | None:
        """The figure that was typed; what is none, or could be two, is asked about at its field."""
        try:
            figure = read_figure(self.text(name))
        except NotAFigure as unclear:
            self.errors[name] = unclear.said
            return None
        if figure is None:
            self.errors[name] = sentence("Give the figure that counts, as a number like 12.5.")
        return figure

    def refuse(self, refusal: Refusal, *fields: str) -> None:
        """Put a refusal, or each of its faults, at the field it concerns.

        Where the form's `fields` are named, what concerns none of them stands at the form as a whole.
        """
        for fault in refusal.faults:
            self.errors[_field(fault.path or "", fields)] = fault.said
        if not refusal.faults:
            self.errors[_field(_FIELDS.get(refusal.code, ""), fields)] = refusal.said


def _field(name: str, fields: Sequence[str]) -> str:
    return name if not fields or name in fields else ""


def read_day(posted: Posted, name: str) -> date | None:
    """A date as `<input type="date">` sends it, or as people type it: 31/01/2026."""
    text = posted.text(name)
    local = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    try:
        if local:
            return date(int(local[3]), int(local[2]), int(local[1]))
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def whole(text: str) -> int:
    """A number that the form carried along; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else 0


def read_settlement(typed: Mapping[str, str], longest_reason: int) -> tuple[Posted, int]:
    """The form of a settlement, and how many items its author saw."""
    posted = Posted(typed)
    check_texts(posted, longest_reason)
    return posted, whole(posted.text("items"))


def check_texts(posted: Posted, longest_reason: int) -> None:
    """The reason and the document of a decision."""
    for name, longest in (("reason", longest_reason), ("document_number", LONGEST_DOCUMENT)):
        text = posted.text(name)
        if "\x00" in text or len(text) > longest:
            posted.errors[name] = sentence("At most %(most)s characters.", most=longest)
    if not posted.text("reason"):
        posted.errors.setdefault("reason", sentence("Give the reason for the decision."))
