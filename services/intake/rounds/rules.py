"""Who reads when, and what a declaration may say. Pure."""

from datetime import date, datetime, timedelta

from services.intake.cycles.model import INTAKE_CLOSED, Cycle
from services.intake.rounds.model import Round
from shared.clock import VIETNAM, end_of_day
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence


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
