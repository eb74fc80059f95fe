"""Write down what was done."""

from collections.abc import Mapping
from typing import Any

from services.intake.people.model import Editor, HistoryRow
from services.intake.ports import UnitOfWork
from shared.people import Actor


def record(uow: UnitOfWork, actor: Actor, action: str, subject: str, details: Mapping[str, Any]) -> None:
    """One row of history."""
    uow.history.record(HistoryRow(actor.account, actor.name, action, subject, details, uow.now))


def editor(uow: UnitOfWork, actor: Actor) -> Editor:
    """The actor as the one who changes something now."""
    return Editor(actor.account, actor.name, uow.now)
