"""Intake's tasks: each only says "look now"; what there is to do stands in the database."""

from typing import Any

from celery import Celery

from services.intake.ports import Intake
from services.intake.usecases import cycles


def register_tasks(app: Celery, intake: Intake) -> dict[str, Any]:
    """`intake.close_due_cycles`: close the intake of every cycle whose time is over."""

    @app.task(name="intake.close_due_cycles")
    def close_due_cycles() -> None:
        cycles.close_due_cycles(intake)

    return {close_due_cycles.name: close_due_cycles}
