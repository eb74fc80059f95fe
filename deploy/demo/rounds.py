"""A cluster round: members read, challenge an item with a document, answer; after the freeze they meet and sign."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deploy.demo.cast import Cast, leader_login
from deploy.demo.cycles import DemoCycle
from deploy.demo.person import Person
from deploy.demo.wording import in_both, named
from shared.clock import VIETNAM
from shared.contracts.sentences import Sentence, sentence

CHALLENGED = 2
SIGNED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


class ClusterRound:
    """The round of the cycle's `round_in`. Its first unit is the head, its second the deputy."""

    def __init__(self, cycle: DemoCycle, cast: Cast, administrator: Person) -> None:
        self.cycle, self.cast, self.administrator = cycle, cast, administrator
        self.today = datetime.now(VIETNAM).date().isoformat()
        self.units = [unit.code for unit in cycle.units if unit.cluster == cycle.round_in]
        self.intake = f"/intake/v1/cycles/{cycle.code}"
        self.cluster = f"{self.intake}/clusters/{cycle.round_in}"

    def challenge(self) -> Sentence:
        """Members read each other's submissions and challenge some made-up items; the first is answered."""
        self._open()
        chosen = [
            item for item in sorted(self.cycle.planted or {}) if item[0] in self.units and self._has_source(item[1])
        ]
        for number, (unit, criterion) in enumerate(chosen[:CHALLENGED]):
            by_unit = next(code for code in self.units if code != unit)
            document = {
                "sha256": self._file(self._leader(by_unit), unit=by_unit),
                "document_number": f"demo-{number + 1}/CV",
                "issuer": in_both(sentence("A statistics office (made up)")),
                "issued_on": self.today,
                "signer": in_both(sentence("Somebody made up")),
            }
            reason = in_both(sentence("Made up to show the round: the figure we know is lower. Please explain."))
            path = f"{self.intake}/units/{unit}/items/{criterion}/challenges"
            asked = {"by_unit": by_unit, "reason": reason, "document": document}
            self._leader(by_unit).post(path, asked, accept=(409,))  # challenged at an earlier start
            if number == 0:
                text = in_both(sentence("Made up to show the round: the figure is preliminary."))
                self._leader(unit).post(f"{path}/1/answer", {"text": text}, accept=(404, 409))
        return sentence(
            "Members of %(cluster)s read what the others sent and challenged %(items)s items.",
            cluster=named(self.cycle.clusters[self.cycle.round_in].title),
            items=len(chosen[:CHALLENGED]),
        )

    def meet(self) -> Sentence:
        """The head records the meeting that noted the verified totals, and attaches its signed minutes."""
        if not self.administrator.get(f"{self.cluster}/round")["meetings"]:
            path = f"/ranking/v1/cycles/{self.cycle.code}/clusters/{self.cycle.round_in}/standings"
            standings = self.administrator.get(path)["standings"]
            self._record({standing["unit"]: standing["total"] for standing in standings})
        return sentence("The cluster met and signed its minutes.")

    def _record(self, totals: Mapping[str, str | None]) -> None:
        head, deputy, *others = self.units
        person, position = sentence("Representative (made up)"), sentence("Leader (made up)")
        here = [head, deputy, *others[:-1]]
        meeting: dict[str, Any] = {
            "held_on": self.today,
            "place": in_both(sentence("At the head's (made up)")),
            "chair_unit": head,
            "chair": in_both(person),
            "own_file_chair_unit": deputy,
            "own_file_chair": in_both(person),
            "attendance": [
                {"unit": unit, "attended": True, "representative": in_both(person), "position": in_both(position)}
                if unit in here
                else {"unit": unit, "attended": False}
                for unit in self.units
            ],
            "table": [
                {"unit": unit, "points": float(total), "basis": "verified"}
                for unit, total in totals.items()
                if total is not None
            ],
            "agreed": True,
            "dissents": [
                {"by_unit": deputy, "unit": head, "reason": in_both(sentence("Made up to show a dissent on record."))}
            ],
            "minutes": {
                "document_number": "demo-1/BB",
                "issued_on": self.today,
                "signers": [{"name": in_both(person), "position": in_both(position)}],
                "sha256": self._file(self._leader(head)),
            },
        }
        self._leader(head).post(f"{self.cluster}/meetings", meeting)
        confirmed = {"version": 1, "unit": deputy, "kind": "confirm"}
        self._leader(deputy).post(f"{self.cluster}/meetings/1/positions", confirmed)

    def _open(self) -> None:
        """Staff take in what the cluster sent; the administrator declares the days."""
        for unit in self.units:
            path = f"{self.intake}/units/{unit}/submissions/1/reception"
            self.administrator.post(path, {"state": "received"}, accept=(409,))
        if self.administrator.get(f"{self.intake}/round")["declarations"]:
            return
        days = dict.fromkeys(("reads_from", "reads_to", "answers_to"), self.today)
        source = in_both(sentence("Made up: the clusters' own rules were not found"))
        quorum = {"quorum": "2/3", "quorum_source": source, "quorum_standing": "assumption"}
        self.administrator.post(f"{self.intake}/round", {**days, **quorum})

    def _leader(self, unit: str) -> Person:
        return self.cast.person(leader_login(self.cycle, unit))

    def _file(self, person: Person, **form: str) -> str:
        files = {"file": ("demo.pdf", SIGNED, "application/pdf")}
        answer = person.call("POST", f"{self.cluster}/files", data=form, files=files)
        return str(answer.json()["sha256"])

    def _has_source(self, criterion: str) -> bool:
        """Whether a source says the same figure, so that the item can be settled at it."""
        groups = [self.cycle.framework]
        while groups:
            group = groups.pop()
            groups += group.get("groups", ())
            for one in group.get("criteria", ()):
                if one["code"] == criterion:
                    return any(source["relation"] == "same" for source in one.get("sources", ()))
        return False
