"""One cycle, step by step, each as the person whose task it is. Every step may be repeated: it goes on where it was."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from deploy.demo.cycles import DemoCycle, Release
from deploy.demo.doors import PATIENCE, Person, Refused
from shared.plumbing.clock import VIETNAM

AT_ONCE = 4  # units that come through intake's door at the same time
LARGEST_GAPS = 10
Say = Callable[[str], None]


@dataclass(frozen=True)
class Cast:
    """Who plays, by login. `password_of` gives each login the same password at every start."""

    address: str
    password_of: Callable[[str], str]
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, login: str) -> Person:
        """Somebody, signed in at most once."""
        if login not in self.people:
            self.people[login] = Person(self.address, login, self.password_of(login))
        return self.people[login]


@dataclass(frozen=True)
class Result:
    """What the cycle came to."""

    edition: bytes  # as it was signed
    edition_sha256: str
    public_keys: dict[str, Any]
    gaps: list[dict[str, Any]]
    progress: dict[str, Any]


def administrator_login(cycle: DemoCycle) -> str:
    """The account the runner's command line opens; it opens all others."""
    return f"admin.{cycle.council}"


def leader_login(cycle: DemoCycle, unit: str) -> str:
    """The signing leader of a unit."""
    return f"{unit.lower()}.{cycle.council}"


def staff_logins(cycle: DemoCycle) -> dict[str, str]:
    """Role -> login of the people at the council."""
    return {
        role: f"{word}.{cycle.council}"
        for role, word in (
            ("reviewer", "reviewer"),
            ("lead_reviewer", "lead"),
            ("ministry_rater", "source"),
            ("council_member", "member"),
        )
    }


def play(cycle: DemoCycle, cast: Cast, say: Say) -> Result:
    """From an empty suite (or wherever the last attempt stopped) to a published edition."""
    story = Story(cycle, cast, say)
    story.register()
    story.open_accounts()
    story.open_cycle()
    story.bring_sources()
    story.send_self_assessments()
    story.close_intake()
    progress = story.wait_for_screening()
    gaps = story.largest_gaps()
    story.settle()
    story.freeze()
    return story.publish(gaps, progress)


class Story:
    """The steps of a cycle, in their order."""

    def __init__(self, cycle: DemoCycle, cast: Cast, say: Say) -> None:
        self.cycle = cycle
        self.cast = cast
        self.say = say
        self.staff = staff_logins(cycle)
        self.administrator = cast.person(administrator_login(cycle))
        self.intake = f"/intake/v1/cycles/{cycle.code}"
        self.verify = f"/verify/v1/cycles/{cycle.code}"
        self.ranking = f"/ranking/v1/cycles/{cycle.code}"

    def register(self) -> None:
        """The administrator registers the council, its units, clusters and who belongs where."""
        cycle, post = self.cycle, self.administrator.post
        council = f"/intake/v1/councils/{cycle.council}"
        since = f"{cycle.period[:4]}-01-01"
        post("/intake/v1/councils", {"council": cycle.council, "title": dict(cycle.council_title)})
        units = [{"unit": unit.code, "title": dict(unit.title), "valid_from": since} for unit in cycle.units]
        post(f"{council}/units", {"units": units})
        clusters = [
            {"cluster": code, "title": dict(title), "method": "score_only", "valid_from": since}
            for code, title in cycle.clusters.items()
        ]
        post(f"{council}/clusters", {"clusters": clusters})
        memberships = [{"unit": unit.code, "cluster": unit.cluster, "valid_from": since} for unit in cycle.units]
        post(f"{council}/memberships", {"memberships": memberships})
        self.say(f"Registered {len(units)} units in {len(clusters)} clusters.")

    def open_accounts(self) -> None:
        """An account for everybody who takes part."""
        cycle = self.cycle
        opened = [(leader_login(cycle, unit.code), unit.title["en"], self._leader(unit.code)) for unit in cycle.units]
        opened += [
            (login, role.replace("_", " ").capitalize(), [{"role": role, "council": cycle.council}])
            for role, login in self.staff.items()
        ]
        known = {account["login"] for account in self.administrator.get("/intake/v1/accounts")}
        for login, name, grants in opened:
            if login not in known:
                body = {"login": login, "name": name, "password": self.cast.password_of(login), "grants": grants}
                self.administrator.post("/intake/v1/accounts", body, accept=(409,))
        self.say(f"Opened {len(opened)} accounts.")

    def _leader(self, unit: str) -> list[dict[str, Any]]:
        return [
            {"role": role, "council": self.cycle.council, "units": [unit]}
            for role in ("province_officer", "signing_leader")
        ]

    def open_cycle(self) -> None:
        """The administrator prepares the cycle by its framework and opens it."""
        cycle = self.cycle
        if self._state() is None:
            deadline = datetime.now(VIETNAM).date() + timedelta(days=30)
            self.administrator.post(
                "/intake/v1/cycles",
                {
                    "cycle": cycle.code,
                    "council": cycle.council,
                    "title": dict(cycle.title),
                    "period": cycle.period,
                    "period_kind": "year",
                    "deadline_on": deadline.isoformat(),
                    "synthetic": cycle.synthetic,
                    "notice": dict(cycle.notice),
                    "framework": dict(cycle.framework),
                },
                accept=(409,),
            )
        if self._state() == "draft":
            self.administrator.post(f"{self.intake}/open", accept=(409,))
        self.say(f"Opened the cycle “{cycle.title['en']}”.")

    def _state(self) -> str | None:
        try:
            return str(self.administrator.get(self.intake)["state"])
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def bring_sources(self) -> None:
        """The publishers of independent figures bring their files."""
        for release in self.cycle.releases:
            self.administrator.post(
                "/verify/v1/sources",
                {
                    "source": release.source,
                    "council": self.cycle.council,
                    "title": dict(release.title),
                    "publisher": dict(release.publisher),
                    "licence": release.licence,
                },
                accept=(409,),
            )
            # Verify learns of the cycle and its units from intake's feed; a moment later it can match them.
            _until(partial(self._bring, release), "verify knows the cycle")
            rows = release.content.count(b"\n") - 1
            self.say(f"Source “{release.title['en']}” brought {rows:,} figures.")

    def _bring(self, release: Release) -> bool:
        try:
            self.cast.person(self.staff["ministry_rater"]).call(
                "POST",
                f"/verify/v1/sources/{release.source}/releases",
                data={"cycle": self.cycle.code, "published_on": release.published_on, "status": "final"},
                files={"file": (release.file_name, release.content, "text/csv")},
                accept=(409,),  # these very bytes were taken in before
            )
        except Refused as refused:
            if refused.status in (404, 422):
                return False
            raise
        return True

    def send_self_assessments(self) -> None:
        """Each unit's leader signs in and sends what the unit says of itself."""
        if self._state() != "open":
            return
        with ThreadPoolExecutor(AT_ONCE) as at_once:
            sent = sum(at_once.map(self._send, [unit.code for unit in self.cycle.units]))
        self.say(f"{len(self.cycle.units)} units sent their self-assessments ({sent} of them now).")

    def _send(self, unit: str) -> bool:
        leader = self.cast.person(leader_login(self.cycle, unit))
        path = f"{self.intake}/units/{unit}/submissions"
        if leader.get(path)["submissions"]:
            return False
        items = [
            {"criterion": claim.criterion, "value": claim.value, "self_points": claim.self_points}
            for claim in self.cycle.claims[unit]
        ]
        leader.post(path, {"items": items})
        return True

    def close_intake(self) -> None:
        """The administrator closes intake before its date does."""
        if self._state() == "open":
            self.administrator.post(f"{self.intake}/close-intake", accept=(409,))
        self.say("Closed intake.")

    def wait_for_screening(self) -> dict[str, Any]:
        """Verify's worker screens every cluster as a cohort."""
        reviewer = self.cast.person(self.staff["reviewer"])

        def done() -> bool:
            progress = reviewer.get(self.verify)
            totals, screenings = progress["totals"], progress["screenings"]
            everybody = bool(totals["expected"] == totals["compared"] == len(self.cycle.units))
            return everybody and not screenings["waiting"] and not screenings["running"]

        _until(done, "every cluster is screened")
        progress: dict[str, Any] = reviewer.get(self.verify)
        totals = progress["totals"]
        self.say(f"Screened {totals['items']:,} items; {totals['blocking']:,} wait for a decision.")
        return progress

    def largest_gaps(self) -> list[dict[str, Any]]:
        """What a reviewer would ask about first."""
        reviewer = self.cast.person(self.staff["reviewer"])
        gaps: list[dict[str, Any]] = reviewer.get(self.verify, params={"gaps": LARGEST_GAPS})["gaps"]
        return gaps

    def settle(self) -> None:
        """The lead reviewer settles what is outside the tolerance, at the source's figure."""
        lead = self.cast.person(self.staff["lead_reviewer"])
        for cluster in self.cycle.clusters:
            lead.post(
                f"{self.verify}/clusters/{cluster}/settlement",
                {
                    "reason": "No explanation was asked for in this demonstration; the external evaluation counts.",
                    "document_number": "demo-1",
                },
                accept=(409,),  # nothing is open there any more
            )
        self.say("The lead reviewer settled the open items at the source's figure.")

    def freeze(self) -> None:
        """Ranking learns from verify's feed what counts; then the administrator freezes each cluster."""
        for cluster in self.cycle.clusters:
            _until(partial(self._freeze, cluster), f"cluster {cluster} can be frozen")
        self.say(f"Froze the scores of {len(self.cycle.clusters)} clusters.")

    def _freeze(self, cluster: str) -> bool:
        try:
            known = self.administrator.get(self.ranking)["clusters"]
            if any(row["cluster"] == cluster and row["sheet"] for row in known):
                return True
            self.administrator.post(f"{self.ranking}/clusters/{cluster}/freeze", {})
        except Refused as refused:
            if refused.status in (404, 409):
                return False  # something has not arrived yet
            raise
        return True

    def publish(self, gaps: list[dict[str, Any]], progress: dict[str, Any]) -> Result:
        """An edition for everybody, by the council's own act."""
        editions = self.administrator.get(f"{self.ranking}/editions")["editions"]
        public = [edition for edition in editions if edition["audience"] == "public"]
        if not public:
            self.administrator.post(f"{self.ranking}/editions", {"audience": "public"})
            editions = self.administrator.get(f"{self.ranking}/editions")["editions"]
            public = [edition for edition in editions if edition["audience"] == "public"]
        newest = max(public, key=lambda edition: edition["number"])
        path = f"{self.ranking}/editions/public/{newest['number']}"
        member = self.cast.person(self.staff["council_member"])
        if newest["publication"] is None:
            body = {"record_number": "demo-2", "decided_on": datetime.now(VIETNAM).date().isoformat()}
            member.post(f"{path}/publication", body, accept=(409,))
        answer = member.call("GET", path)
        self.say(f"The council published edition {newest['number']}.")
        keys = member.get("/ranking/v1/keys")
        return Result(answer.content, newest["edition_sha256"], keys, gaps, progress)


def _until(condition: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > limit:
            raise Refused(0, f"waited {PATIENCE:.0f} s in vain until {what}")
        time.sleep(0.3)
