"""Triage in the demo: the declared plan, what leads the queue, random audits, small items accepted together."""

from collections.abc import Callable
from typing import Any

from deploy.demo.cycles import DemoCycle
from deploy.demo.person import Person, Refused
from deploy.demo.reviews import Reviews
from deploy.demo.wording import in_both
from shared.contracts.sentences import Sentence, sentence

LEADING = 3  # of the queue are shown
# Few items are audited, so that the demonstration stays short.
PLAN: dict[str, Any] = {
    "items_per_day": 20,
    "reviewer_days": 10,
    "materiality": None,
    "set_aside": 0.1,
    "light_share": 0.01,
    "medium_share": 0.02,
    "full_share": 0.03,
    "medium_from": 2,
    "full_from": 5,
    "lapses_after": 3,
}


class Triage:
    """The steps around one cycle's queue, each as the person whose task it is."""

    def __init__(
        self, cycle: DemoCycle, administrator: Person, reviewer: Person, say: Callable[[Sentence], None]
    ) -> None:
        self.cycle = cycle
        self.path = f"/verify/v1/cycles/{cycle.code}"
        self.administrator = administrator
        self.reviewer = reviewer
        self.say = say

    def plan(self) -> bool:
        """The administrator declares how the cycle is reviewed; False while verify does not know it."""
        try:
            if self.administrator.get(f"{self.path}/plan")["version"] == 0:
                reason = sentence("Short for this demonstration; the usual shares are 20, 60 and 100 per cent.")
                self.administrator.post(f"{self.path}/plan", PLAN | {"reason": in_both(reason)})
        except Refused as refused:
            if refused.status == 404:
                return False
            raise
        count = PLAN["items_per_day"] * PLAN["reviewer_days"]
        self.say(sentence("Declared the review plan: time for %(count)s items.", count=count))
        return True

    def lead_queue(self) -> None:
        """What the queue puts first: suspicion times what hangs on the claim."""
        queue = self.reviewer.get(f"{self.path}/items", params={"state": "open", "limit": LEADING})["items"]
        for item in (item for item in queue if item["rank_before"] is not None):
            self.say(
                sentence(
                    "High in the queue: %(unit)s, %(criterion)s; at what is known independently "
                    "%(points)s points less, rank %(before)s → %(after)s.",
                    unit=item["unit"],
                    criterion=item["criterion"],
                    points=round(item["points_lost"], 2),
                    before=item["rank_before"],
                    after=item["rank_after"],
                )
            )
        expected = self.reviewer.get(self.path)["capacity"]["expected_false"]
        if expected is not None:
            count = round(expected, 1)
            self.say(
                sentence("Of the flags by comparison within capacity, about %(count)s may be honest.", count=count)
            )

    def draw_audits(self) -> None:
        """The administrator has items drawn at random about which nothing is asked."""
        self.administrator.post(f"{self.path}/audits")
        drawn = sum(row["drawn"] for row in self._quality()["classes"])
        self.say(sentence("Drew %(count)s items at random, of those about which nothing is asked.", count=drawn))

    def audit(self, reviews: Reviews) -> None:
        """The reviewer decides what was drawn, and accepts together what hardly matters."""
        reviews.decide_audits()
        quality = self._quality()
        if quality["missed"] is not None:
            self.say(
                sentence(
                    "Random audits: of %(items)s items about which nothing was asked, between %(low)s and %(high)s are "
                    "claimed too high (95 %%).",
                    items=quality["unflagged"],
                    low=round(quality["missed"]["low"]),
                    high=round(quality["missed"]["high"]),
                )
            )
        accepted, aside = reviews.accept_small(list(self.cycle.clusters))
        if accepted or aside:
            self.say(
                sentence(
                    "Accepted %(accepted)s small items together; %(aside)s others were set aside for individual audit.",
                    accepted=accepted,
                    aside=aside,
                )
            )

    def _quality(self) -> dict[str, Any]:
        return dict(self.administrator.get(f"{self.path}/quality"))
