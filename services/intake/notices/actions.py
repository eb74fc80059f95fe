"""Write notices in the transaction of what they announce."""

from services.intake.notices.model import Notice
from services.intake.notices.ports import Notifies
from services.intake.notices.rules import deliveries
from shared.people import Actor

TASK, QUEUE = "intake.send_mail", "intake"


def notify(uow: Notifies, actor: Actor, *notices: Notice) -> int:
    """Write notices in this transaction; how many lines of inboxes they made. All that is announced goes through here.

    Whoever did it gets none (unless the notice says `even_myself`); a notice whose `once` was used before, or that
    reaches nobody, is left out.
    """
    people = uow.notices.people([one.to for one in notices])
    reached = deliveries(notices, people, actor, uow.now)
    count = uow.notices.add(actor.name, list(zip(notices, reached, strict=True)))
    if any(line.mail_due_at is not None and line.mail_due_at <= uow.now for lines in reached for line in lines):
        uow.wake_up(TASK, QUEUE)
    return count
