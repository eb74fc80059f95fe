"""Kinds of notices, and whom each is for."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.intake.working_days import is_working_day
from shared.clock import VIETNAM
from shared.contracts.sentences import N_, Sentence
from shared.people import Actor, Role


@dataclass(frozen=True)
class Kind:
    """A kind of notice. `path`: the page concerned, below the address of `app`; it may name {cycle} and {unit}.

    `asks`: somebody waits for the reader (a mail says so); the others only inform.
    """

    code: str
    title: str
    path: str
    asks: bool = False
    app: str = "intake"


_UNIT = "cycles/{cycle}/units/{unit}"
SUBMISSION_TO_RECEIVE = Kind(
    "submission_to_receive", N_("A self-assessment was sent and waits to be received"), _UNIT + "/submissions", True
)
SUBMISSION_SENT = Kind("submission_sent", N_("Your unit's self-assessment was sent"), _UNIT + "/submissions")
SUBMISSION_RECEIVED = Kind(
    "submission_received", N_("Your unit's self-assessment was received"), _UNIT + "/submissions"
)
SUBMISSION_ACCEPTED = Kind(
    "submission_accepted", N_("Your unit's self-assessment was accepted"), _UNIT + "/submissions"
)
SUBMISSION_RETURNED = Kind(
    "submission_returned", N_("Your unit's self-assessment was returned"), _UNIT + "/submissions", True
)
ITEMS_ASSIGNED = Kind("items_assigned", N_("Items were assigned to you"), _UNIT + "/contributions", True)
ITEMS_WITHDRAWN = Kind("items_withdrawn", N_("Items are no longer assigned to you"), "cycles/{cycle}")
ITEMS_SUPPLIED = Kind("items_supplied", N_("Items were handed in and wait for you"), _UNIT + "/contributions", True)
ITEMS_ACCEPTED = Kind("items_accepted", N_("Items you handed in were taken over"), _UNIT + "/contributions")
ITEMS_RETURNED = Kind("items_returned", N_("Items you handed in were returned"), _UNIT + "/contributions", True)
CYCLE_OPENED = Kind("cycle_opened", N_("A cycle is open: your unit can begin its self-assessment"), _UNIT, True)
COVENANT_TO_SIGN = Kind(
    "covenant_to_sign", N_("Your unit's covenant waits for its targets and its signature"), _UNIT + "/covenant", True
)
COVENANT_SIGNED = Kind("covenant_signed", N_("A covenant was signed"), _UNIT + "/covenant")
TARGET_REVISED = Kind(
    "target_revised", N_("A changed target waits for the Board's recognition"), _UNIT + "/covenant", True
)
REVISION_RECOGNISED = Kind(
    "revision_recognised", N_("The Board recognised a change of your unit's target"), _UNIT + "/covenant"
)
CRITERIA_PROPOSED = Kind(
    "criteria_proposed", N_("Criteria were proposed and wait for your unit's comment"), "cycles/{cycle}/criteria", True
)
CRITERIA_POSITION = Kind("criteria_position", N_("A member spoke on the proposed criteria"), "cycles/{cycle}/criteria")
CRITERIA_CONFIRMED = Kind("criteria_confirmed", N_("The Board confirmed the criteria"), "cycles/{cycle}/criteria")
DEADLINE_EXTENDED = Kind("deadline_extended", N_("There is more time"), "cycles/{cycle}/calendar")
CYCLE_CLOSED = Kind("cycle_closed", N_("The cycle no longer takes submissions"), "cycles/{cycle}")
ACCOUNT_CHANGED = Kind("account_changed", N_("Your account or its roles were changed"), "session/account")
EVIDENCE_REFUSED = Kind("evidence_refused", N_("The scanner refused a document of your unit"), _UNIT, True)
_ROUND = "cycles/{cycle}/round"
ROUND_DECLARED = Kind("round_declared", N_("The days of the cluster round are declared"), _ROUND)
ITEM_CHALLENGED = Kind("item_challenged", N_("Another member asks about an item of your unit"), _ROUND, True)
CHALLENGE_ANSWERED = Kind("challenge_answered", N_("A member answered your unit's question"), _ROUND)
CHALLENGE_WITHDRAWN = Kind("challenge_withdrawn", N_("A question about your unit was taken back"), _ROUND)
MINUTES_TO_CONFIRM = Kind("minutes_to_confirm", N_("Signed minutes wait for your unit to confirm them"), _ROUND, True)
EXPLANATION_REQUESTED = Kind(
    "explanation_requested", N_("The reviewers ask about an item of your unit"), _UNIT + "/requests", True
)
REMINDER_EXPLANATION = Kind(
    "reminder_explanation",
    N_("A question of the reviewers still waits for your unit's answer"),
    _UNIT + "/requests",
    True,
)
EXPLANATION_OVER = Kind(
    "explanation_over", N_("A question of the reviewers no longer waits for an answer"), _UNIT + "/requests"
)
SOURCE_DUE = Kind("source_due", N_("Figures of a source are waited for"), "cycles/{cycle}/sources", True, "verify")
REMINDER_ASSESSMENT = Kind("reminder_assessment", N_("Your unit's self-assessment is due soon"), _UNIT, True)
REMINDER_CONTRIBUTION = Kind(
    "reminder_contribution", N_("Items assigned to you are due"), _UNIT + "/contributions", True
)
REMINDER_COVENANT = Kind(
    "reminder_covenant", N_("Your unit's covenant is due for signature"), _UNIT + "/covenant", True
)
REMINDER_COMMENTS = Kind(
    "reminder_comments", N_("Your unit's comment on the criteria is due"), "cycles/{cycle}/criteria", True
)
KINDS = {
    kind.code: kind
    for kind in (
        SUBMISSION_TO_RECEIVE,
        SUBMISSION_SENT,
        SUBMISSION_RECEIVED,
        SUBMISSION_ACCEPTED,
        SUBMISSION_RETURNED,
        ITEMS_ASSIGNED,
        ITEMS_WITHDRAWN,
        ITEMS_SUPPLIED,
        ITEMS_ACCEPTED,
        ITEMS_RETURNED,
        CYCLE_OPENED,
        COVENANT_TO_SIGN,
        COVENANT_SIGNED,
        TARGET_REVISED,
        REVISION_RECOGNISED,
        CRITERIA_PROPOSED,
        CRITERIA_POSITION,
        CRITERIA_CONFIRMED,
        DEADLINE_EXTENDED,
        CYCLE_CLOSED,
        ACCOUNT_CHANGED,
        EVIDENCE_REFUSED,
        ROUND_DECLARED,
        ITEM_CHALLENGED,
        CHALLENGE_ANSWERED,
        CHALLENGE_WITHDRAWN,
        MINUTES_TO_CONFIRM,
        EXPLANATION_REQUESTED,
        REMINDER_EXPLANATION,
        EXPLANATION_OVER,
        SOURCE_DUE,
        REMINDER_ASSESSMENT,
        REMINDER_CONTRIBUTION,
        REMINDER_COVENANT,
        REMINDER_COMMENTS,
    )
}


@dataclass(frozen=True)
class Recipients:
    """For whom: the open accounts with one of `roles` in the council, and the accounts named.

    `unit` narrows roles to those who act for it or may look at it, `cluster` to grants that cover it. Nobody who
    belongs to the unit `never_of` gets it in the name of a role.
    """

    council: str = ""
    roles: tuple[Role, ...] = ()
    unit: str | None = None
    cluster: str | None = None
    never_of: str | None = None
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """What is announced to whom. `once`: the same kind with the same key is never written twice.

    `even_myself`: whoever did it gets it as well (what happened to their own account).
    """

    kind: Kind
    to: Recipients
    cycle: str | None = None
    unit: str | None = None
    detail: Sentence | str = ""
    once: str | None = None
    even_myself: bool = False


# --- whom it reaches
AT_ONCE, DAILY, NEVER = "at_once", "daily", "none"
MODES = (AT_ONCE, DAILY, NEVER)
DAILY_AT = time(7, 30)


# However much happens, nobody gets two mails within this time.
PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class Addressee:
    """An open account with its roles, and when it wants mail (`none` where it has no address)."""

    actor: Actor
    mode: str = NEVER


def mail_due_at(mode: str, now: datetime) -> datetime | None:
    """When the mail may go: now, or at half past seven of the next working day in Vietnam; None: no mail."""
    if mode == AT_ONCE:
        return now
    if mode != DAILY:
        return None
    local = now.astimezone(VIETNAM)
    day = local.date() if local.time() < DAILY_AT else local.date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, DAILY_AT, VIETNAM)


@dataclass(frozen=True)
class Delivery:
    """One line of somebody's inbox. `mail_due_at`: from when on a mail may name it; None: never."""

    account: str
    mail_due_at: datetime | None
