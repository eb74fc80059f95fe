"""Who does something: editors, contributors, rows of history, and the services when they act by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.clock import VIETNAM
from shared.people import Actor, ActorKind, Role

# The circles of roles; the access table and the permissions are made of these.
WRITERS = (Role.PROVINCE_OFFICER, Role.SIGNING_LEADER, Role.CONTRIBUTOR)
OFFICERS = (Role.PROVINCE_OFFICER, Role.SIGNING_LEADER)
SIGNERS = (Role.SIGNING_LEADER,)
CHECKERS = (Role.REVIEWER, Role.LEAD_REVIEWER)
STAFF = (Role.ADMINISTRATOR, *CHECKERS)
HEADS = (Role.CLUSTER_HEAD, Role.CLUSTER_DEPUTY)
RECORDERS = (Role.ADMINISTRATOR, *HEADS)
MEMBERS = (*OFFICERS, *HEADS)
FOLLOWING_STAFF = (*STAFF, Role.SUPPORT_TEAM, Role.COUNCIL_MEMBER)


@dataclass(frozen=True)
class Edit:
    """Who last changed an item's figures, when, and with which version of the draft."""

    version: int
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Editor:
    """Who changes something now."""

    account: str
    name: str
    at: datetime


def local_time(moment: datetime) -> str:
    """A moment as people in Vietnam write it."""
    return moment.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


# Who acts when a date does.
ITSELF = Actor(account="intake", name="intake", kind=ActorKind.SERVICE)
VERIFY = Actor(account="verify", name="verify", kind=ActorKind.SERVICE)


class NotArrivedYet(Exception):
    """What a feed says is about a cycle or unit that is not here (any more): it waits."""


@dataclass(frozen=True)
class HistoryRow:
    """One change: who, when, what was done to what, and the details a person needs to understand it later."""

    actor: str
    actor_name: str
    action: str
    subject: str
    details: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Contributor:
    """An account that may be given items of a unit."""

    account: str
    name: str


def edits_column(edits: Mapping[str, Edit]) -> dict[str, Any]:
    """Who last changed each item, as JSON."""
    return {
        code: {"version": edit.version, "account": edit.account, "name": edit.name, "at": edit.at.isoformat()}
        for code, edit in edits.items()
    }


def edits_of(document: Mapping[str, Any]) -> dict[str, Edit]:
    """The reverse of `edits_column`."""
    return {
        code: Edit(made["version"], made["account"], made["name"], datetime.fromisoformat(made["at"]))
        for code, made in document.items()
    }
