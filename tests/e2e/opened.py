"""A second cycle of the played council whose intake is open, for tests in which units still send."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from deploy.demo.__main__ import open_administrator
from deploy.demo.cast import leader_login
from deploy.demo.cycles import Unit
from deploy.demo.person import Person
from deploy.demo.story import Story
from tests.played import PlayedSuite


class OpenCycle:
    """`next_unit()` gives a unit that has not sent yet; `send(unit)` sends what it says of itself."""

    def __init__(self, played: PlayedSuite, code: str) -> None:
        self.cycle = dataclasses.replace(played.cycle, code=code)
        self.suite = played.suite
        self.cast = played.cast
        open_administrator(self.cycle, self.suite, self.cast)
        story = Story(self.cycle, self.cast, played.told.append)
        story.register()
        story.open_accounts()
        story.open_cycle()
        self._units: Iterator[Unit] = iter(self.cycle.units)

    def next_unit(self) -> Unit:
        """Another unit at every call."""
        return next(self._units)

    def leader(self, unit: Unit) -> Person:
        """The unit's signing leader."""
        return self.cast.person(leader_login(self.cycle, unit.code))

    def send(self, unit: Unit) -> dict[str, Any]:
        """The receipt."""
        path = f"/intake/v1/cycles/{self.cycle.code}/units/{unit.code}/submissions"
        items = [
            {"criterion": claim.criterion, "value": claim.value, "self_points": claim.self_points}
            for claim in self.cycle.claims[unit.code]
        ]
        return dict(self.leader(unit).post(path, {"items": items}))
