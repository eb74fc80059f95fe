"""Who may come through which door of ranking: one table for scoring, one for voting.

The tables say what kind of person may come in at all; the use cases ask for the council, cluster and unit.
"""

from services.ranking.people.model import BOARD, COUNCIL, COUNCIL_READERS, TELLERS, VOTER
from shared.web.access import Access, public, roles, services, signed_in

_BOARD = roles(*BOARD)
_COUNCIL = roles(*COUNCIL)

SCORING_ACCESS: dict[str, Access] = {
    "feed.Events": services("intake", "verify"),
    "cycles.Cycles": signed_in(),
    "cycles.Cycle": signed_in(),
    "cycles.Freeze": _BOARD,
    "cycles.Standings": signed_in(),
    # Reading is for everybody, issuing for the Board: the use case asks.
    "editions.EditionList": public(),
    "editions.Edition": public(),
    "editions.EditionFile": public(),
    "editions.EditionRows": public(),
    "editions.Publication": _COUNCIL,
    "edition_keys.Keys": public(identify=False),
    "scoring_pages.home": public(),
    "scoring_pages.cycle": signed_in(),
    "scoring_pages.freeze": _BOARD,
    "scoring_pages.standings": signed_in(),
    "scoring_pages.unit": signed_in(),
    "scoring_pages.issue": _BOARD,
    "scoring_pages.edition": public(),
    "scoring_pages.publish": _COUNCIL,
    "council_pages.cluster": roles(*COUNCIL_READERS),
}

VOTING_ACCESS: dict[str, Access] = {
    "boxes.Boxes": signed_in(),
    "boxes.Box": signed_in(),
    "boxes.Ballots": roles(VOTER),
    "boxes.Close": roles(*TELLERS),
    "boxes.Tally": signed_in(),
    "boxes.Receipt": signed_in(),
    "ballot_pages.home": signed_in(),
    "ballot_pages.open_box": roles(*TELLERS),
    "ballot_pages.box": signed_in(),
    "ballot_pages.cast": roles(VOTER),
    "ballot_pages.close": roles(*TELLERS),
}
