"""Tell those who bring figures, and the administrators, that a source is waited for, as verify's feed says."""

from collections.abc import Mapping
from typing import Any

from services.intake.domain.notices import SOURCE_DUE, Notice, Recipients
from services.intake.domain.reminders import last_day
from services.intake.ports import UnitOfWork
from services.intake.usecases.notices import notify
from services.intake.usecases.recording import VERIFY, NotArrivedYet
from shared.contracts.sentences import sentence
from shared.people import Role


def announce_due_source(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`source_reminder_due`: one notice for each reminder, however often it is told."""
    cycle = uow.cycles.get(data["cycle"])
    if cycle is None:
        raise NotArrivedYet(data["cycle"])
    said = sentence(
        "%(source)s: due on %(day)s", source=data["title"]["vi"], day=last_day(data["due_at"]).strftime("%d/%m/%Y")
    )
    to = Recipients(cycle.council, (Role.MINISTRY_RATER, Role.BOARD_RATER, Role.ADMINISTRATOR))
    once = f"{cycle.code}/{data['source']}/{data['due_at'].isoformat()}/{data['days']}"
    notify(uow, VERIFY, Notice(SOURCE_DUE, to, cycle.code, detail=said, once=once))
