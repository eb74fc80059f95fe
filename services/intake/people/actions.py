"""Steps that several use cases share: history rows, and finding what somebody may touch."""

from services.intake.people.model import Editor
from services.intake.ports import UnitOfWork
from shared.people import Actor


def editor(uow: UnitOfWork, actor: Actor) -> Editor:
    """The actor as the one who changes something now."""
    return Editor(actor.account, actor.name, uow.now)
