"""Who may see editions. Pure: decides from the actor's grants alone."""

from services.ranking.people.model import COUNCIL_READERS, RATERS, STAFF
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import UNIT_ROLES, Actor

_READERS = {
    "board": STAFF,
    "council": COUNCIL_READERS,
    "cluster": COUNCIL_READERS | UNIT_ROLES,
    "public": COUNCIL_READERS,
}


def sees_edition(actor: Actor, council: str, audience: str, published: bool) -> bool:
    """Everybody sees what the Council published; other editions are for their audience."""
    if audience == "public" and published:
        return True
    return actor.may(_READERS[audience], council=council) and not actor.may(RATERS, council=council)


def unknown_edition() -> Refusal:
    """There is no such edition, or the asker may not know of it."""
    return Refusal("edition_unknown", Kind.NOT_FOUND, sentence("There is no such edition."))
