"""Intake's tasks: each only says "look now"; what there is to do stands in the database."""

from typing import Any

from celery import Celery

from services.intake.account_ports import AccountDoor
from services.intake.ports import Intake
from services.intake.usecases import cycles, handovers


def register_tasks(app: Celery, intake: Intake) -> dict[str, Any]:
    """`intake.close_due_cycles`: close the intake of every cycle whose time is over."""

    @app.task(name="intake.close_due_cycles")
    def close_due_cycles() -> None:
        cycles.close_due_cycles(intake)

    return {close_due_cycles.name: close_due_cycles}


def register_account_tasks(app: Celery, door: AccountDoor) -> dict[str, Any]:
    """`intake.carry_out_handovers`: offices pass on the day they should."""

    @app.task(name="intake.carry_out_handovers")
    def carry_out_handovers() -> None:
        handovers.carry_out_due_handovers(door)

    return {carry_out_handovers.name: carry_out_handovers}
