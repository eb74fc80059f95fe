"""Collects what is wrong in one file, so that a person sees all of it at once."""

from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence

MOST_FAULTS = 1000  # listed; the rest is counted


class Complaints:
    """Collects faults of one file; lists the first thousand and counts the rest."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.count = 0

    def add(
        self,
        message: Sentence,
        line: int | None = None,
        column: str | int | None = None,
        path: str | None = None,
    ) -> None:
        """One fault, at a line (from 1) and a column (its name), or at a path inside a document."""
        self.count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(message, file=self.file, line=line, column=column, path=path))

    def listed(self) -> list[Fault]:
        """The faults by line, and how many more there are."""
        faults = sorted(self.faults, key=lambda fault: fault.line or 0)
        if self.count > len(faults):
            more = sentence("%(count)s more faults are not listed.", count=self.count - len(faults))
            faults.append(Fault(more, file=self.file))
        return faults

    def raise_any(self) -> None:
        """Raises BadInput if there was a fault."""
        if self.count:
            raise BadInput(self.listed())
