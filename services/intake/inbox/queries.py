"""One's inbox, and where one's mail goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.intake.inbox.model import Entry, MailSetting
from services.intake.people.rules import refuse_unless
from services.intake.ports import Store
from shared.people import Actor, ActorKind

PAGE = 50


@dataclass(frozen=True)
class Inbox:
    """A stretch of somebody's inbox, newest first. `next_before`: where older ones begin, None at the end."""

    entries: Sequence[Entry]
    unread: int
    next_before: int | None


class UnreadCounter(Protocol):
    """Counts without a transaction around it: every page asks."""

    def __call__(self, account: str) -> int: ...


def read_inbox(store: Store, actor: Actor, before: int | None = None, limit: int = PAGE) -> Inbox:
    """One's own notices."""
    account = own_account(actor)
    with store.view() as view:
        entries = view.inboxes.inbox(account, before, limit + 1)
        unread = view.inboxes.unread(account)
    more = len(entries) > limit
    return Inbox(entries[:limit], unread, entries[limit - 1].number if more else None)


def read_mail_setting(store: Store, actor: Actor) -> MailSetting:
    """Where one's own mail goes."""
    account = own_account(actor)
    with store.view() as view:
        return view.inboxes.mail_setting(account)


def own_account(actor: Actor) -> str:
    """The account whose inbox this is; services have none."""
    refuse_unless(actor.kind in (ActorKind.PERSON, ActorKind.CLIENT))
    return actor.account
