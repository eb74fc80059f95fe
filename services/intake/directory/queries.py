"""Directories as those see them who take part."""

from collections.abc import Sequence

from services.intake.directory.model import Council, Directory
from services.intake.people.rules import not_found, takes_part
from services.intake.ports import Store
from shared.criteria.model import Title
from shared.people import Actor


def read_councils(store: Store, actor: Actor) -> Sequence[Council]:
    """The councils the actor takes part in."""
    with store.view() as view:
        return [council for council in view.councils.all() if takes_part(actor, council.code)]


def read_directory(store: Store, actor: Actor, code: str) -> Directory:
    """Everything a council has registered."""
    with store.view() as view:
        council = view.councils.get(code)
        if council is None or not takes_part(actor, code):
            raise not_found()
        return view.councils.directory(council)


def title_of_council(store: Store, actor: Actor, code: str) -> Title:
    """The council's title for a paper."""
    known = read_councils(store, actor)
    return next((one.title for one in known if one.code == code), Title(vi=code, en=code))
