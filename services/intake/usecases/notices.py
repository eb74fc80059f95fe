"""Write notices in the transaction of what they tell; read one's inbox; say where mail goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.intake.domain import permissions
from services.intake.domain.mail import MailSetting, read_setting
from services.intake.domain.notices import ACCOUNT_CHANGED, Entry, Notice, deliveries, the_accounts
from services.intake.notice_ports import Notifies
from services.intake.ports import HistoryRow, Intake
from shared.contracts.sentences import sentence
from shared.people import Actor, ActorKind

PAGE = 50
TASK, QUEUE = "intake.send_mail", "intake"


@dataclass(frozen=True)
class Inbox:
    """A stretch of somebody's inbox, newest first. `next_before`: where older ones begin, None at the end."""

    entries: Sequence[Entry]
    unread: int
    next_before: int | None


def notify(uow: Notifies, actor: Actor, *notices: Notice) -> int:
    """Write notices in this transaction; how many lines of inboxes they made. The one door for all who tell something.

    Whoever did it is not told (unless the notice says `even_myself`); a notice whose `once` was used before, or that
    reaches nobody, is left out.
    """
    people = uow.notices.people([one.to for one in notices])
    reached = deliveries(notices, people, actor, uow.now)
    count = uow.notices.add(actor.name, list(zip(notices, reached, strict=True)))
    if any(line.mail_due_at is not None and line.mail_due_at <= uow.now for lines in reached for line in lines):
        uow.ring(TASK, QUEUE)
    return count


class UnreadCounter(Protocol):
    """Counts without a transaction around it: every page asks."""

    def __call__(self, account: str) -> int: ...


def read_inbox(intake: Intake, actor: Actor, before: int | None = None, limit: int = PAGE) -> Inbox:
    """One's own notices."""
    account = _own(actor)
    with intake.view() as view:
        entries = view.inboxes.inbox(account, before, limit + 1)
        unread = view.inboxes.unread(account)
    more = len(entries) > limit
    return Inbox(entries[:limit], unread, entries[limit - 1].number if more else None)


def open_notice(intake: Intake, actor: Actor, number: int) -> Entry:
    """One of one's own notices, which is read from now on."""
    account = _own(actor)
    with intake.unit_of_work() as uow:
        entry = uow.inboxes.entry(account, number)
        if entry is None:
            raise permissions.not_found()
        if entry.read_at is None:
            uow.inboxes.mark_read(account, [number])
            uow.commit()
    return entry


def mark_read(intake: Intake, actor: Actor, numbers: Sequence[int] | None) -> int:
    """Mark one's own notices as read, all of them for None; how many were unread before."""
    account = _own(actor)
    with intake.unit_of_work() as uow:
        count = uow.inboxes.mark_read(account, numbers)
        uow.commit()
    return count


def read_mail_setting(intake: Intake, actor: Actor) -> MailSetting:
    """Where one's own mail goes."""
    account = _own(actor)
    with intake.view() as view:
        return view.inboxes.mail_setting(account)


def set_mail(intake: Intake, actor: Actor, address: str, mode: str) -> MailSetting:
    """Say where one's own mail goes and how often. A changed address is told in the inbox. Raises BadInput."""
    account = _own(actor)
    setting = read_setting(address, mode)
    with intake.unit_of_work() as uow:
        before = uow.inboxes.mail_setting(account)
        if before == setting:
            return setting
        uow.inboxes.save_mail_setting(account, setting)
        # The address itself is personal and stays out of the history.
        details = {"mode": setting.mode, "address_changed": before.address != setting.address}
        uow.history.record(HistoryRow(account, actor.name, "mail_setting", f"account:{account}", details, uow.now))
        if before.address and before.address != setting.address:
            said = sentence("The address for your mail was changed.")
            notify(uow, actor, Notice(ACCOUNT_CHANGED, the_accounts(account), detail=said, even_myself=True))
        uow.commit()
    return setting


def _own(actor: Actor) -> str:
    """The account whose inbox this is; services have none."""
    permissions.refuse_unless(actor.kind in (ActorKind.PERSON, ActorKind.CLIENT))
    return actor.account
