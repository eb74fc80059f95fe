"""Ways to fill in and count a paper, as small objects: one name per place, and approval."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.ranking.voting.model import Line, Method, Outcome, Paper, Standing
from shared.contracts.sentences import Sentence, sentence


def _faults(paper: Paper, places: int, units: Collection[str]) -> tuple[Sentence, ...]:
    faults = []
    if len(paper) > places:
        faults.append(
            sentence("The paper has %(lines)s lines; at most %(most)s are allowed.", lines=len(paper), most=places)
        )
    named = [unit for unit in paper if unit is not None]
    faults += [
        sentence("The unit %(unit)s is not on this paper's list.", unit=unit)
        for unit in dict.fromkeys(named)
        if unit not in units
    ]
    faults += [
        sentence("The unit %(unit)s is named more than once.", unit=unit)
        for unit, times in Counter(named).items()
        if times > 1
    ]
    return tuple(faults)


def _line(place: int | None, named: Sequence[str | None], units: Collection[str]) -> Line:
    counts = Counter(unit for unit in named if unit is not None)
    return Line(place, tuple(sorted(((unit, counts[unit]) for unit in units), key=lambda pair: (-pair[1], pair[0]))))


@dataclass(frozen=True)
class OnePerPlace:
    """First, second, third: each line of the paper names one unit for that place.

    Places are decided from the first on: the unit most papers name *for that place*, among those not yet named. What
    is undecided (a tie, too few papers) is not decided here, and the later places wait for it.
    """

    places: int = 3
    name = "one_per_place"

    def faults(self, paper: Paper, units: Collection[str]) -> tuple[Sentence, ...]:
        """Too many lines, unknown units, a unit named twice."""
        return _faults(paper, self.places, units)

    def count(self, papers: Sequence[Paper], units: Collection[str]) -> tuple[Line, ...]:
        """One line per place."""
        return tuple(
            _line(place + 1, [paper[place] if place < len(paper) else None for paper in papers], units)
            for place in range(self.places)
        )

    def outcomes(self, lines: Sequence[Line], needed: int) -> tuple[Outcome, ...]:
        """One outcome per place."""
        outcomes: list[Outcome] = []
        placed: set[str] = set()
        for line in lines:
            if outcomes and outcomes[-1].standing is not Standing.NAMED:
                outcomes.append(Outcome(line.place, Standing.WAITS))
                continue
            left = [(unit, count) for unit, count in line.counts if unit not in placed]
            outcome = _leading(line.place, left, needed)
            placed.update(outcome.units)
            outcomes.append(outcome)
        return tuple(outcomes)


def _leading(place: int | None, counts: Sequence[tuple[str, int]], needed: int) -> Outcome:
    most = max((count for _, count in counts), default=0)
    leading = tuple(sorted(unit for unit, count in counts if count == most))
    if most == 0:
        return Outcome(place, Standing.NOBODY)
    if most < needed:
        return Outcome(place, Standing.BELOW_THRESHOLD, tied=leading)
    if len(leading) > 1:
        return Outcome(place, Standing.TIE, tied=leading)
    return Outcome(place, Standing.NAMED, units=leading)


@dataclass(frozen=True)
class Approval:
    """A paper names any units, at most `places`, in no order; those most papers name are nominated."""

    places: int = 3
    name = "approval"

    def faults(self, paper: Paper, units: Collection[str]) -> tuple[Sentence, ...]:
        """Too many units, unknown units, a unit named twice."""
        return _faults(paper, self.places, units)

    def count(self, papers: Sequence[Paper], units: Collection[str]) -> tuple[Line, ...]:
        """One line for all."""
        return (_line(None, [unit for paper in papers for unit in paper], units),)

    def outcomes(self, lines: Sequence[Line], needed: int) -> tuple[Outcome, ...]:
        """One outcome: the nominated, and who stands level for the last seats."""
        counts = lines[0].counts
        enough = [(unit, count) for unit, count in counts if count >= max(needed, 1)]
        if not enough:
            return (_leading(None, counts, needed),)
        if len(enough) <= self.places:
            return (Outcome(None, Standing.NAMED, units=tuple(unit for unit, _ in enough)),)
        last = enough[self.places - 1][1]
        if enough[self.places][1] < last:
            return (Outcome(None, Standing.NAMED, units=tuple(unit for unit, _ in enough[: self.places])),)
        certain = tuple(unit for unit, count in enough if count > last)
        tied = tuple(unit for unit, count in enough if count == last)
        return (Outcome(None, Standing.TIE, units=certain, tied=tied),)


METHODS = ("one_per_place", "approval")


def method_named(name: str, places: int) -> Method:
    """The method of that name for that many places; ValueError for another name or no place."""
    if places < 1:
        raise ValueError("a paper has at least one line")
    if name == "one_per_place":
        return OnePerPlace(places)
    if name == "approval":
        return Approval(places)
    raise ValueError(name)
