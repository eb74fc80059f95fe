"""A suite on which the real demo cycle was played, for tests that look at a finished cycle or go on from it."""

import itertools
from collections.abc import Callable

from deploy.demo.__main__ import Passwords, open_administrator
from deploy.demo.cast import Cast, administrator_login
from deploy.demo.cycles import DemoCycle
from deploy.demo.ihr import ihr_2018
from deploy.demo.person import Person
from deploy.demo.story import Result, play
from shared.contracts.sentences import Sentence
from tests.suite import Suite

# One password for all accounts of tests would be refused as well known: they follow from a secret, as in the demo.
SECRET = bytes(range(32))
_numbers = itertools.count(1)


class PlayedSuite:
    """`suite` runs; `result` is what the demo cycle came to; `cast` are its people."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self.cycle: DemoCycle = ihr_2018()
        self.cast = Cast(self.suite.address, Passwords(SECRET))
        self.told: list[Sentence] = []
        self.result: Result = self.play(self.cycle)

    def play(self, cycle: DemoCycle, hear: Callable[[Sentence], None] = lambda told: None) -> Result:
        """Play another cycle (its council and code must be new, or it goes on where it stopped)."""

        def say(told: Sentence) -> None:
            self.told.append(told)
            hear(told)

        open_administrator(cycle, self.suite, self.cast)
        return play(cycle, self.cast, say)

    @property
    def administrator(self) -> Person:
        """The administrator of the played cycle's council."""
        return self.cast.person(administrator_login(self.cycle))

    def account(self, *grants: dict[str, object], home_units: tuple[dict[str, str], ...] = ()) -> Person:
        """A new person with these grants in the played cycle's council."""
        login = f"person-{next(_numbers)}.{self.cycle.council}"
        self.administrator.post(
            "/intake/v1/accounts",
            {
                "login": login,
                "name": login,
                "password": self.cast.password_of(login),
                "grants": [{"council": self.cycle.council, **grant} for grant in grants],
                "home_units": list(home_units),
            },
        )
        return self.cast.person(login)
