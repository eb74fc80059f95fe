"""How long files are kept, and which are handed out: what a scanner said of them, and when their time is over. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from services.intake.domain.cycles import ARCHIVED, Cycle
from shared.clock import VIETNAM
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence

NOT_SCANNED, CLEAN, REFUSED = "not_scanned", "clean", "refused"
SCAN_NAMES: dict[str, Sentence] = {
    NOT_SCANNED: sentence("not scanned yet"),
    CLEAN: sentence("scanned, nothing found"),
    REFUSED: sentence("refused by the scanner"),
}
LONGEST_YEARS = 100


@dataclass(frozen=True)
class Verdict:
    """What a scanner says of a file; `found`: the scanner's name for what it found."""

    clean: bool
    found: str = ""


@dataclass(frozen=True)
class Keeping:
    """What became of a stored file. Its hash and what is known of it stay for good."""

    scan: str = NOT_SCANNED
    found: str = ""
    deleted_at: datetime | None = None
    legal_source: str = ""


@dataclass(frozen=True)
class RetentionRule:
    """For how many years after a cycle's intake closed its files are kept, and which document says so."""

    years: int
    legal_source: str


@dataclass(frozen=True)
class ExpiredFile:
    """A file that no cycle still needs: by hash, size in bytes, the cycle and unit that brought it first."""

    sha256: str
    size: int
    cycle: str
    unit: str


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


def refuse_harmful(keeping: Keeping) -> None:
    """Refuse a file in which the scanner found something."""
    if keeping.scan == REFUSED:
        said = sentence("The scanner found “%(found)s” in this file; it is not handed out.", found=keeping.found)
        raise Refusal("evidence_refused", Kind.UNSUPPORTED, said)


def refuse_handing_out(keeping: Keeping, *, scanned: bool, own: bool) -> None:
    """Refuse a file that was deleted, that the scanner refused, or that waits to be scanned.

    `scanned`: a scanner is set up here. `own`: the reader belongs to the unit that brought the file.
    """
    if keeping.deleted_at is not None:
        day = keeping.deleted_at.astimezone(VIETNAM).strftime("%d/%m/%Y")
        said = sentence(
            "This file was deleted on %(day)s, when its period was over (%(source)s). Its hash stays on record.",
            day=day,
            source=keeping.legal_source,
        )
        raise Refusal("evidence_deleted", Kind.NOT_FOUND, said)
    refuse_harmful(keeping)
    if scanned and not own and keeping.scan == NOT_SCANNED:
        said = sentence("This file waits to be scanned; please try again in a few minutes.")
        raise Refusal("evidence_not_scanned", Kind.CONFLICT, said)
