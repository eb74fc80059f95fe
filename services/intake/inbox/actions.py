"""Read notices, say where mail goes, send the mail that is due."""

import time
from collections.abc import Sequence

import structlog

from services.intake.inbox.model import Entry, MailSetting
from services.intake.inbox.ports import MailNotTaken, MailQueue, MailRefused, Post
from services.intake.inbox.queries import own_account
from services.intake.inbox.rules import read_setting
from services.intake.notices.actions import notify
from services.intake.notices.model import ACCOUNT_CHANGED, Notice
from services.intake.notices.rules import the_accounts
from services.intake.people.model import HistoryRow
from services.intake.people.rules import not_found
from services.intake.ports import Store
from shared.contracts.sentences import sentence
from shared.people import Actor

LONGEST_TURN = 100.0  # seconds; well inside the task's time limit
log = structlog.get_logger(__name__)


def send_due_mail(queue: MailQueue, post: Post) -> int:
    """Put together what is due and send it, until nothing is left, the turn is over, or the server is away.

    Returns how many letters were handed over. Safe to call at any time and by several workers at once.
    """
    queue.gather()
    ends = time.monotonic() + LONGEST_TURN
    sent = 0
    while time.monotonic() < ends:
        taken = queue.take()
        if taken is None:
            break
        if taken.letter is None:
            queue.done(taken)
            continue
        try:
            post.send(taken.letter)
        except MailRefused as error:
            log.warning("mail_refused", mail=taken.letter.key)
            queue.give_up(taken, error)
            continue
        except MailNotTaken as error:
            log.warning("mail_not_taken", mail=taken.letter.key, reason=str(error))
            queue.again(taken, error)
            break  # the next letter would most likely fare no better; beat comes back
        queue.done(taken)
        sent += 1
    return sent


def open_notice(store: Store, actor: Actor, number: int) -> Entry:
    """One of one's own notices, which is read from now on."""
    account = own_account(actor)
    with store.unit_of_work() as uow:
        entry = uow.inboxes.entry(account, number)
        if entry is None:
            raise not_found()
        if entry.read_at is None:
            uow.inboxes.mark_read(account, [number])
            uow.commit()
    return entry


def mark_read(store: Store, actor: Actor, numbers: Sequence[int] | None) -> int:
    """Mark one's own notices as read, all of them for None; how many were unread before."""
    account = own_account(actor)
    with store.unit_of_work() as uow:
        count = uow.inboxes.mark_read(account, numbers)
        uow.commit()
    return count


def set_mail(store: Store, actor: Actor, address: str, mode: str) -> MailSetting:
    """Say where one's own mail goes and how often. A changed address is announced in the inbox. Raises BadInput."""
    account = own_account(actor)
    setting = read_setting(address, mode)
    with store.unit_of_work() as uow:
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
