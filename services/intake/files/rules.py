"""Which files we take, what may be kept of their names, and when their period is over. Pure."""

import re
import unicodedata
from datetime import date

from services.intake.cycles.model import ARCHIVED, Cycle
from services.intake.files.model import (
    ENDINGS,
    LARGEST_FILE,
    LONGEST_LABEL,
    LONGEST_YEARS,
    NOT_SCANNED,
    REFUSED,
    TYPES,
    UNSAFE,
    FileState,
    RetentionRule,
)
from shared.clock import VIETNAM
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence


def cleaned_label(client_name: str | None) -> str:
    """The last part of a client's file name without anything that a screen or a file system could misread."""
    name = unicodedata.normalize("NFC", client_name or "").replace("\\", "/").rsplit("/", 1)[-1]
    # Controls, formats (bidirectional overrides), surrogates and private use: categories beginning with C.
    kept = "".join(letter for letter in name if not unicodedata.category(letter).startswith("C"))
    kept = re.sub(r"[<>:\"|?*;%&=\s]+", " ", kept).strip(" .")
    if len(kept) > LONGEST_LABEL:
        stem, dot, ending = kept.rpartition(".")
        tail = f"{dot}{ending}" if stem and len(ending) <= 5 else ""
        kept = kept[: LONGEST_LABEL - len(tail)].rstrip(" .") + tail
    return kept or "document"


def media_type_of(sniffed: str | None, client_name: str | None) -> str:
    """The type that content and ending agree on; raises a Refusal (UNSUPPORTED) otherwise."""
    if sniffed is None or sniffed not in TYPES:
        raise Refusal(
            "evidence_type",
            Kind.UNSUPPORTED,
            sentence("This kind of file is not taken as evidence. Taken are: %(endings)s.", endings=", ".join(ENDINGS)),
        )
    if not cleaned_label(client_name).lower().endswith(TYPES[sniffed]):
        raise Refusal(
            "evidence_ending",
            Kind.UNSUPPORTED,
            sentence(
                "The file's name does not fit its content (%(ending)s). Please check that it is the right file.",
                ending=TYPES[sniffed][0],
            ),
        )
    return sniffed


def too_large() -> Refusal:
    """The file is over the limit."""
    return Refusal(
        "evidence_too_large",
        Kind.TOO_LARGE,
        sentence("A file may have at most %(megabytes)s MB.", megabytes=LARGEST_FILE // (1024 * 1024)),
    )


def unsafe(said_kind: str) -> Refusal:
    """The file holds something that evidence must not hold. `said_kind` is one of the keys of UNSAFE."""
    return Refusal("evidence_unsafe", Kind.UNSUPPORTED, UNSAFE[said_kind])


def check_rule(rule: RetentionRule) -> RetentionRule:
    """Raises BadInput on `years` or `legal_source`."""
    faults: list[Fault] = []
    if not 1 <= rule.years <= LONGEST_YEARS:
        said = sentence("Expected a whole number of years, from 1 to %(most)s.", most=LONGEST_YEARS)
        faults.append(Fault(said, path="years"))
    if not rule.legal_source:
        faults.append(Fault(sentence("Name the document that sets this period."), path="legal_source"))
    if faults:
        raise BadInput(faults)
    return rule


def kept_until(cycle: Cycle, rule: RetentionRule) -> date:
    """The last day on which the cycle's files are kept."""
    closed = cycle.closes_at.astimezone(VIETNAM).date()
    # The 29th of February has no anniversary in most years.
    day = min(closed.day, 28) if (closed.month, closed.day) == (2, 29) else closed.day
    return date(closed.year + rule.years, closed.month, day)


def is_over(cycle: Cycle, rule: RetentionRule | None, today: date) -> bool:
    """Whether the cycle's files may go: it is put away, and the period of its rule has passed."""
    return rule is not None and cycle.state == ARCHIVED and today > kept_until(cycle, rule)


def refuse_harmful(state: FileState) -> None:
    """Refuse a file in which the scanner found something."""
    if state.scan == REFUSED:
        said = sentence("The scanner found “%(found)s” in this file; it is not handed out.", found=state.found)
        raise Refusal("evidence_refused", Kind.UNSUPPORTED, said)


def refuse_handing_out(state: FileState, *, scanned: bool, own: bool) -> None:
    """Refuse a file that was deleted, that the scanner refused, or that waits to be scanned.

    `scanned`: a scanner is set up here. `own`: the reader belongs to the unit that brought the file.
    """
    if state.deleted_at is not None:
        day = state.deleted_at.astimezone(VIETNAM).strftime("%d/%m/%Y")
        said = sentence(
            "This file was deleted on %(day)s, when its period was over (%(source)s). Its hash stays on record.",
            day=day,
            source=state.legal_source,
        )
        raise Refusal("evidence_deleted", Kind.NOT_FOUND, said)
    refuse_harmful(state)
    if scanned and not own and state.scan == NOT_SCANNED:
        said = sentence("This file waits to be scanned; please try again in a few minutes.")
        raise Refusal("evidence_not_scanned", Kind.CONFLICT, said)
