"""What is looked at first, what is drawn at random, and what may be accepted together: declared formulas only.

Review priority = suspicion × weight; weight = the points the unit's total would lose × (1 + log2(1 + ranks that would
change)), doubled where a first place would change. It grows with each of them and is 0 where no point is lost.

A random draw orders items by tickets, SHA-256 of a recorded salt and the item's name: whoever knows the salt, which
nobody chooses, draws the same items again.
"""

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence

from services.verify.triage.model import Draw


def first_year(period: str, lapses_after: int) -> int:
    """The first year whose differences still count for a cycle of this period."""
    return int(period[:4]) - lapses_after


def ticket(salt: str, *names: str) -> str:
    """A hexadecimal number that depends on the salt and the names alone."""
    return hashlib.sha256("\n".join((salt, *names)).encode()).hexdigest()


def drawn(salt: str, cycle: str, unit: str, population: Collection[str], share: float) -> tuple[str, ...]:
    """The criteria of a unit that are audited at random: the share of them, rounded up, with the smallest tickets."""
    count = math.ceil(share * len(population) - 1e-9)
    return tuple(sorted(sorted(population, key=lambda code: ticket(salt, cycle, unit, code))[:count]))


def is_set_aside(salt: str, cycle: str, unit: str, criterion: str, share: float) -> bool:
    """Whether an item is looked at by itself although it could be accepted with others; the same however one asks."""
    return int(ticket(salt, "together", cycle, unit, criterion)[:13], 16) < share * 16**13


def drawn_again(salt: str, draw: Draw) -> tuple[str, ...]:
    """The same draw once more."""
    return drawn(salt, draw.cycle, draw.unit, draw.population, draw.share)


def wrong_draws(salts: Mapping[str, str], draws: Sequence[Draw]) -> list[Draw]:
    """The draws that their cycle's salt does not give."""
    return [draw for draw in draws if draw.cycle not in salts or drawn_again(salts[draw.cycle], draw) != draw.drawn]
