"""A reviewer at verify's queue: looks at the items that move most points, one by one, and decides the clear ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.demo.person import Person
from deploy.demo.wording import both, in_both, named
from shared.contracts.sentences import sentence

DECIDED = 10  # from the top of the queue
PAGE = 500
AUDITED = 25  # of what was drawn at random, so that the demonstration stays short
READ_ON = 60  # so far down the reviewer looks for letters that confirm a difference
CONFIRMED = 2  # of which so many are decided here; what remains is settled


@dataclass(frozen=True)
class Decided:
    """How many items were decided, in how many of them the unit's claim counts, and how many two persons signed."""

    all: int
    accepted: int
    signed: int


class Reviews:
    """The reviewers of one cycle: one decides, a second one signs what moves much."""

    def __init__(self, cycle: str, reviewer: Person, second: Person, confirming: str = "") -> None:
        self.path = f"/verify/v1/cycles/{cycle}"
        self.reviewer = reviewer
        self.second = second
        self.confirming = confirming

    def decide_clearest(self) -> Decided:
        """The first claims that a source contradicts, and further down those that its publisher confirms by letter."""
        queue = self.reviewer.get(f"{self.path}/items", params={"state": "contested", "limit": READ_ON})["items"]
        wanted = CONFIRMED if self.confirming else 0
        chosen: list[dict[str, Any]] = []
        letters = 0
        for listed in queue:
            if len(chosen) >= DECIDED and letters >= wanted:
                break
            item = self._open(listed)
            confirmed = self._letter(item) is not None
            if confirmed or len(chosen) < DECIDED:
                chosen.append(item)
                letters += confirmed
        accepted = sum(self._decide(item) for item in chosen)
        return Decided(len(chosen), accepted, self._sign())

    def _sign(self) -> int:
        """The second reviewer looks at every decision that waits for a signature, and signs it; how many."""
        asked = {"state": "awaiting_countersignature", "limit": READ_ON}
        waiting = self.second.get(f"{self.path}/items", params=asked)["items"]
        for listed in waiting:
            path = f"{self.path}/units/{listed['unit']}/items/{listed['criterion']}"
            body = {"verdict": "sign", "version": self.second.get(path)["version"]}
            self.second.post(f"{path}/countersignature", body, accept=(409, 412))
        return len(waiting)

    def decide_audits(self) -> int:
        """Of what was drawn at random and is borne out by its source some, evenly; returns how many were accepted."""
        asked = {"audit": "true", "state": "open", "limit": PAGE}
        drawn = self.reviewer.get(f"{self.path}/items", params=asked)["items"]
        borne_out = [item for item in drawn if item["basis"] == "source" and item["state"] != "contested"]
        reason = sentence("Drawn at random; the claim is within the tolerance of its source's figure.")
        chosen = borne_out[:: max(1, -(-len(borne_out) // AUDITED))]
        for item in chosen:
            body = {"verdict": "accept", "reason": in_both(reason), "version": item["version"]}
            path = f"{self.path}/units/{item['unit']}/items/{item['criterion']}/decisions"
            self.reviewer.post(path, body, accept=(409, 412))
        return len(chosen)

    def accept_small(self, clusters: Sequence[str]) -> tuple[int, int]:
        """Accept what lies below the materiality limit, cluster by cluster: how many items, and how many set aside."""
        reason = sentence("Small differences that change no place, alone or together.")
        accepted = aside = 0
        for cluster in clusters:
            path = f"{self.path}/clusters/{cluster}/minor"
            if self.reviewer.get(path)["items"]:
                made = self.reviewer.post(path, {"reason": in_both(reason), "document_number": "demo-2"})
                accepted, aside = accepted + len(made["decisions"]), aside + len(made["set_aside"])
        return accepted, aside

    def _open(self, item: Mapping[str, Any]) -> dict[str, Any]:
        path = f"{self.path}/units/{item['unit']}/items/{item['criterion']}"
        return dict(self.reviewer.get(path))

    def _letter(self, item: Mapping[str, Any]) -> str | None:
        """The number of a letter of the figure's own publisher that goes with the claim."""
        numbers = [d["document_number"] for d in item["evidence"] if self.confirming and d["issuer"] == self.confirming]
        return numbers[0] if numbers else None

    def _decide(self, item: Mapping[str, Any]) -> bool:
        """Accept what a letter confirms; otherwise the source's figure counts. True if the claim counts."""
        letter = self._letter(item)
        if letter is not None:
            verdict, document = "accept", letter
            reason = sentence("The publisher of the figure confirms the difference in its letter %(number)s.",
                              number=letter)  # fmt: skip
        else:
            verdict, document = "reject", self._file(item)
            reason = sentence(
                "The claim is not borne out: “%(source)s” has %(figure)s for %(period)s; its figure counts.",
                source=named(self._figure(item)["title"]),
                figure=float(self._figure(item)["value"]),
                period=self._figure(item)["period"],
            )
        body = {
            "verdict": verdict,
            "reason": in_both(reason),
            "document_number": document,
            "version": item["version"],
        }
        path = f"{self.path}/units/{item['unit']}/items/{item['criterion']}/decisions"
        self.reviewer.post(path, body, accept=(409, 412))  # decided before, or looked at anew meanwhile
        return letter is not None

    def _figure(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """The figure that stands beside the claim, with its source."""
        own = item["observation"]
        same = (own["source"], own["indicator"], own["period"])
        return next(dict(f) for f in item["figures"] if (f["source"], f["indicator"], f["period"]) == same)

    def _file(self, item: Mapping[str, Any]) -> str:
        figure = self._figure(item)
        return f"{both(figure['publisher'])}, {figure['file_name']}, {item['observation']['row']}"[:200]
