"""Staff take a submission in, accept it, or return it with a reason."""

from datetime import date

from services.intake.domain import permissions
from services.intake.domain.notices import (
    SUBMISSION_ACCEPTED,
    SUBMISSION_RECEIVED,
    SUBMISSION_RETURNED,
    Notice,
    the_unit,
)
from services.intake.domain.reception import ACCEPTED, RECEIVED, RETURNED, Reception, check_step, state_of
from services.intake.domain.vietnamese import one_spelling
from services.intake.ports import Intake
from services.intake.usecases.calendar import GivenExtension, add_extension
from services.intake.usecases.notices import notify
from services.intake.usecases.recording import find_cycle, record
from shared.people import Actor

TOLD = {RECEIVED: SUBMISSION_RECEIVED, ACCEPTED: SUBMISSION_ACCEPTED, RETURNED: SUBMISSION_RETURNED}


def take_step(
    intake: Intake,
    actor: Actor,
    cycle_code: str,
    unit: str,
    number: int,
    state: str,
    reason: str = "",
    until_on: date | None = None,
) -> Reception:
    """One step of the newest version: received, accepted or returned. The same step again changes nothing.

    With a return an administrator may give the unit time until the end of `until_on`, even after intake was closed.
    Raises CONFLICT for an older version or a step that cannot follow, BadInput for a return without a reason.
    """
    with intake.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="update" if until_on else None)
        member = uow.cycles.member(cycle_code, unit)
        permissions.refuse_unless(permissions.receives(actor, cycle.council, unit, member.cluster if member else None))
        # The draft's row is the lock of everything about the unit's self-assessment.
        draft = uow.assessments.draft(cycle_code, unit, lock=True)
        newest = uow.submissions.submission(cycle_code, unit, draft.submissions) if draft else None
        if newest is None or number > newest.number:
            raise permissions.not_found()
        steps = [step for step in uow.submissions.receptions(cycle_code, unit) if step.number == number]
        wanted = one_spelling(reason).strip()
        if steps and (steps[-1].state, steps[-1].reason) == (state, wanted):
            return steps[-1]
        check_step(newest, number, state_of(steps), state, wanted)
        step = Reception(cycle_code, unit, number, state, wanted, actor.account, actor.name, uow.now)
        uow.submissions.add_reception(step)
        record(
            uow, actor, f"submission_{state}", f"assessment:{cycle_code}/{unit}", {"number": number, "reason": wanted}
        )
        notify(uow, actor, Notice(TOLD[state], the_unit(cycle.council, unit), cycle_code, unit, wanted))
        if until_on is not None:
            permissions.refuse_unless(state == RETURNED and permissions.administers(actor, cycle.council))
            add_extension(uow, actor, cycle, GivenExtension(until_on, wanted, unit=unit))
        uow.commit()
    return step
