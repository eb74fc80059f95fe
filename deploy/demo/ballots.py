"""The nomination vote of a cluster: a teller opens a box on the frozen scores, members vote, the teller counts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.person import Person

PLACES = 3


class Ballots:
    """The boxes of one cycle. `leaders`: unit → who holds its vote."""

    def __init__(self, cycle: str, teller: Person, leaders: Mapping[str, Person]) -> None:
        self.cycle = cycle
        self.teller = teller
        self.leaders = leaders

    def hold(self, cluster: str) -> None:
        """One ballot, from the opened box to the announced count; goes on where an earlier attempt stopped."""
        box = self._box(cluster)
        if box["state"] == "closed":
            return
        voters = [unit for unit in box["members"] if unit in self.leaders]
        standings = self._standings(voters[0], cluster)
        for place, unit in enumerate(voters):
            body = {"unit": unit, "names": _names(place, unit, standings)}
            self.leaders[unit].post(f"/ballot/v1/boxes/{box['id']}/ballots", body, accept=(409,))  # has voted before
        self.teller.post(f"/ballot/v1/boxes/{box['id']}/close", accept=(409,))

    def _box(self, cluster: str) -> dict[str, Any]:
        boxes = self.teller.get("/ballot/v1/boxes")["boxes"]
        known = [box for box in boxes if (box["cycle"], box["cluster"]) == (self.cycle, cluster)]
        if known:
            return dict(known[0])
        closes_at = datetime.now(UTC) + timedelta(days=1)
        body = {"cycle": self.cycle, "cluster": cluster, "places": PLACES, "closes_at": closes_at.isoformat()}
        return dict(self.teller.post("/ballot/v1/boxes", body))

    def _standings(self, unit: str, cluster: str) -> list[str]:
        """The frozen order as a member sees it."""
        path = f"/ranking/v1/cycles/{self.cycle}/clusters/{cluster}/standings"
        return [row["unit"] for row in self.leaders[unit].get(path)["standings"]]


def _names(place: int, unit: str, standings: list[str]) -> list[str]:
    """The order of the scores; every third voter puts its own unit first, as people do."""
    if place % 3 == 2:
        standings = [unit, *(other for other in standings if other != unit)]
    return standings[:PLACES]
