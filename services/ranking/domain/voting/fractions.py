"""How many are enough: exact fractions of a whole number of people, in integer arithmetic only."""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.sentences import N_


class Base(StrEnum):
    """What a share is a share of."""

    ROLL = "roll"  # everybody who may vote, the absent included
    CAST = "cast"  # the papers returned
    VALID = "valid"  # the valid papers


class Status(StrEnum):
    """How firmly a parameter stands."""

    LAW = "law"
    REGULATION = "regulation"
    ASSUMPTION = "assumption"


@dataclass(frozen=True)
class Share:
    """`numerator/denominator` of a count; `more_than` asks for more than the share instead of at least it."""

    numerator: int
    denominator: int
    more_than: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator or self.denominator < 1:
            raise ValueError("a share lies between 0 and 1")
        if self.more_than and self.numerator == self.denominator:
            raise ValueError("nothing is more than everything")

    def needed(self, count: int) -> int:
        """The smallest whole number that is enough out of `count`: 2/3 of 9 is 6; 80 % of 7 is 6."""
        if count < 0:
            raise ValueError("a count is not negative")
        whole, rest = divmod(count * self.numerator, self.denominator)
        return whole + 1 if rest or self.more_than else whole

    def reached(self, votes: int, count: int) -> bool:
        """Whether `votes` out of `count` are enough."""
        return votes >= self.needed(count)

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True)
class Rule:
    """A share with what it is taken of, where it stands written, and how firmly. Printed on every result."""

    share: Share
    base: Base
    source: str
    status: Status


# Decree 98/2023/ND-CP says it of the Council; no text found says it of a cluster (DOMAIN 2.3).
QUORUM = Rule(
    Share(2, 3),
    Base.ROLL,
    N_("Decree 98/2023/NĐ-CP, Article 47 (meetings of the Council), taken over for the cluster"),
    Status.ASSUMPTION,
)
# The 80 % of Decree 98/2023/ND-CP, Article 30(7), is the Council's; a cluster's own threshold was not found.
THRESHOLD = Rule(
    Share(1, 2, more_than=True),
    Base.ROLL,
    N_("Each cluster's regulation sets it; without one, more than half of all members"),
    Status.ASSUMPTION,
)
