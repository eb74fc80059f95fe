"""Lays the table and the tally side by side and changes neither."""

from collections.abc import Sequence

from services.ranking.council.model import Placed, SideBySide
from shared.contracts.sentences import Sentence, sentence


def side_by_side(
    ranks: Sequence[tuple[str, int | None]],
    named: Sequence[Sequence[str]],
    *,
    ordered: bool,
    ballot_sheet_sha256: str,
    sheet_sha256: str,
) -> SideBySide:
    """Lay the outcome of a vote beside the standings.

    `ranks`: (unit, rank) of the table. `named`: per place the units the vote names; with `ordered` false (approval)
    all of them stand together. The two hashes say whether the vote rested on the scores that stand now.
    """
    places = {unit: place for place, units in enumerate(named, 1) for unit in units}
    rank_of = dict(ranks)
    placed = tuple(
        Placed(unit, rank, places.get(unit))
        for unit, rank in sorted(ranks, key=lambda pair: (pair[1] is None, pair[1] or 0, pair[0]))
    )
    differs = _differs(rank_of, named, ordered)
    earlier = ballot_sheet_sha256 != sheet_sha256
    messages: list[Sentence] = []
    if not places:
        messages.append(sentence("The vote named nobody."))
    elif differs:
        messages.append(
            sentence(
                "The order of the vote differs from the order of the scores; both stand, and neither changes the other."
            )
        )
    else:
        messages.append(sentence("The vote names the units in the order of their scores."))
    if earlier:
        messages.append(
            sentence(
                "The vote rested on an earlier version of the scores. It stands; only the Council may order another."
            )
        )
    return SideBySide(placed, differs, earlier, tuple(messages))


def _differs(rank_of: dict[str, int | None], named: Sequence[Sequence[str]], ordered: bool) -> bool:
    """Whether following the table would name other units, or (with `ordered`) the same ones in another order."""
    unranked = len(rank_of) + 1
    chosen = [rank_of.get(unit) or unranked for units in named for unit in units]
    others = [rank or unranked for unit, rank in rank_of.items() if not any(unit in units for units in named)]
    if chosen and others and max(chosen) > min(others):
        return True
    return ordered and chosen != sorted(chosen)
