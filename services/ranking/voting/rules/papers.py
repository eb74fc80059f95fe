"""What is inside a sealed ballot: the paper and a random number, in a form whose length says nothing."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.ranking.voting.model import Paper

NONCE_BYTES = 16


class UnreadableBallot(Exception):
    """The content of a sealed ballot is not a paper; it is counted as invalid, never dropped."""


@dataclass(frozen=True)
class Ballot:
    """An opened ballot. Equal papers have different hashes through the random number inside."""

    paper: Paper
    nonce: bytes

    def sha256(self, box: uuid.UUID) -> str:
        """Its name in the list of ballots, by which the list is ordered."""
        return hashlib.sha256(box.bytes + self.nonce + _json(list(self.paper))).hexdigest()


def packed(ballot: Ballot, units: Sequence[str]) -> bytes:
    """The content to seal: every ballot of one roll has the same length, whatever it says."""
    lines = [None if unit is None else units.index(unit) for unit in ballot.paper]
    content = _json({"nonce": ballot.nonce.hex(), "lines": lines})
    length = packed_length(len(units))
    if len(content) > length:
        raise ValueError("the paper has more lines than the roll has units")
    return content + b" " * (length - len(content))


def packed_length(members: int) -> int:
    """The length of every packed ballot of a roll: room for a line per member and the largest index."""
    return 128 + members * (len(str(members)) + 6)


def unpacked(content: bytes, units: Sequence[str]) -> Ballot:
    """The reverse of `packed`. Raises UnreadableBallot."""
    try:
        document = json.loads(content)
        nonce = bytes.fromhex(document["nonce"])
        paper = tuple(None if line is None else units[_index(line)] for line in document["lines"])
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise UnreadableBallot from error
    return Ballot(paper, nonce)


def _index(line: object) -> int:
    if isinstance(line, bool) or not isinstance(line, int) or line < 0:
        raise ValueError("not a place on the roll")
    return line


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
