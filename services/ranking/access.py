"""Who may call which endpoint of ranking: one table for scoring's process, one for voting's.

The tables say what kind of person may call an endpoint at all; actions and queries ask for council, cluster and unit.
"""

from services.ranking.people.model import BOARD, COUNCIL, COUNCIL_READERS, TELLERS, VOTER
from shared.web.access import Access, public, roles, services, signed_in

_BOARD = roles(*BOARD)
_COUNCIL = roles(*COUNCIL)
_TELLERS = roles(*TELLERS)

SCORING_ACCESS: dict[str, Access] = {
    "feed.Events GET": services("intake", "verify"),
    "cycles.Cycles GET": signed_in(),
    "cycles.Cycle GET": signed_in(),
    "cycles.Freeze POST": _BOARD,
    "cycles.Standings GET": signed_in(),
    "editions.EditionList GET": public(),
    "editions.EditionList POST": _BOARD,
    "editions.Edition GET": public(),
    "editions.EditionFile GET": public(),
    "editions.EditionRows GET": public(),
    "editions.Publication POST": _COUNCIL,
    "edition_keys.Keys GET": public(identify=False),
    "cycle_pages.home GET": public(),
    "cycle_pages.cycle GET": signed_in(),
    "scoring_pages.freeze POST": _BOARD,
    "scoring_pages.standings GET": signed_in(),
    "scoring_pages.unit GET": signed_in(),
    "edition_pages.issue POST": _BOARD,
    "edition_pages.edition GET": public(),
    "edition_pages.publish POST": _COUNCIL,
    "council_pages.cluster GET": roles(*COUNCIL_READERS),
}

VOTING_ACCESS: dict[str, Access] = {
    "boxes.Boxes GET": signed_in(),
    "boxes.Boxes POST": _TELLERS,
    "boxes.Box GET": signed_in(),
    "boxes.Ballots POST": roles(VOTER),
    "boxes.Close POST": _TELLERS,
    "boxes.Tally GET": signed_in(),
    "boxes.Receipt GET": signed_in(),
    "ballot_pages.home GET": signed_in(),
    "ballot_pages.open_box GET POST": _TELLERS,
    "ballot_pages.box GET": signed_in(),
    "ballot_pages.cast POST": roles(VOTER),
    "ballot_pages.close POST": _TELLERS,
}
