"""One cycle, step by step, each as the person whose task it is. Every step may be repeated: it goes on where it was."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from deploy.demo.ballots import Ballots
from deploy.demo.cast import (
    ROLES,
    SECOND_REVIEWER,
    Cast,
    administrator_login,
    leader_login,
    second_login,
    staff_logins,
)
from deploy.demo.cycles import Claim, DemoCycle, Release
from deploy.demo.person import PATIENCE, Person, Refused
from deploy.demo.reviews import Reviews
from deploy.demo.rounds import ClusterRound
from deploy.demo.triage import Triage
from deploy.demo.wording import both, in_both, named
from shared.clock import VIETNAM
from shared.contracts.sentences import LANGUAGES, Sentence, sentence

AT_ONCE = 4  # units that send their self-assessments at the same time
LARGEST_GAPS = 10
LARGEST_PAGE = 500
Say = Callable[[Sentence], None]
Flagged = Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Result:
    """What the cycle came to. `flagged`: what the screen asked about, (unit, criterion) → codes of its findings."""

    edition: bytes  # the newest, as it was signed
    edition_sha256: str
    editions: list[dict[str, Any]]  # heads of all public ones, oldest first
    public_keys: dict[str, Any]
    gaps: list[dict[str, Any]]
    flagged: Flagged


def play(cycle: DemoCycle, cast: Cast, say: Say) -> Result:
    """From an empty suite (or wherever the last attempt stopped) to a published edition."""
    story = Story(cycle, cast, say)
    story.register()
    story.open_accounts()
    for earlier in cycle.earlier:
        Story(earlier, cast, say).play_for_history()
    story.open_cycle()
    until(story.triage.plan, "verify knows the cycle")
    story.bring_sources(cycle.releases)
    story.send_self_assessments()
    story.close_intake()
    story.challenge()
    flagged = story.wait_for_screening()
    gaps = story.largest_gaps()
    story.triage.lead_queue()
    story.triage.draw_audits()
    story.review()
    story.settle()
    story.freeze()
    story.meet()
    story.vote()
    story.publish()
    story.follow_up()
    return story.result(gaps, flagged)


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
        self.triage = Triage(cycle, self.administrator, cast.person(self.staff["reviewer"]), say)

    def play_for_history(self) -> None:
        """A year that is over: as far as its settled scores, which the screen of later years looks back on."""
        if self._state() == "archived":
            return
        self.open_cycle()
        self.bring_sources(self.cycle.releases)
        self.send_self_assessments()
        self.close_intake()
        self.wait_for_screening()
        self.settle()
        self.administrator.post(f"{self.intake}/archive", accept=(409,))

    def register(self) -> None:
        """The administrator registers the council, its units, clusters and who belongs where."""
        cycle, post = self.cycle, self.administrator.post
        council = f"/intake/v1/councils/{cycle.council}"
        since = f"{cycle.first_year}-01-01"
        post("/intake/v1/councils", {"council": cycle.council, "title": dict(cycle.council_title)})
        units = [{"unit": unit.code, "title": dict(unit.title), "valid_from": since} for unit in cycle.units]
        post(f"{council}/units", {"units": units})
        clusters = [
            {"cluster": code, "title": dict(cluster.title), "method": cluster.method, "valid_from": since}
            for code, cluster in cycle.clusters.items()
        ]
        post(f"{council}/clusters", {"clusters": clusters})
        memberships = [{"unit": unit.code, "cluster": unit.cluster, "valid_from": since} for unit in cycle.units]
        post(f"{council}/memberships", {"memberships": memberships})
        if cycle.leading:
            led = [
                {"cluster": cycle.round_in, "unit": unit, "position": position, "valid_from": since}
                for unit, position in cycle.leading.items()
            ]
            post(f"{council}/headships", {"headships": led})
        self.say(
            sentence("Registered %(units)s units in %(clusters)s clusters.", units=len(units), clusters=len(clusters))
        )

    def open_accounts(self) -> None:
        """An account for everybody who takes part; names are Vietnamese first."""
        cycle = self.cycle
        opened = [(leader_login(cycle, unit.code), both(unit.title), self._leader(unit.code)) for unit in cycle.units]
        opened += [
            (login, both(ROLES[role]), [{"role": role, "council": cycle.council}]) for role, login in self.staff.items()
        ]
        reviewing = [{"role": "reviewer", "council": cycle.council}]
        opened.append((second_login(cycle), both(SECOND_REVIEWER[1]), reviewing))
        known = {account["login"] for account in self.administrator.get("/intake/v1/accounts")}
        for login, name, grants in opened:
            if login not in known:
                body = {"login": login, "name": name, "password": self.cast.password_of(login), "grants": grants}
                self.administrator.post("/intake/v1/accounts", body, accept=(409,))
        self.say(sentence("Opened %(accounts)s accounts.", accounts=len(opened)))

    def _leader(self, unit: str) -> list[dict[str, Any]]:
        roles = ["province_officer", "signing_leader"]
        if (position := self.cycle.leading.get(unit)) is not None:
            roles.append(f"cluster_{position}")
        return [{"role": role, "council": self.cycle.council, "units": [unit]} for role in roles]

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
        self.say(sentence("Opened the cycle “%(title)s”.", title=named(cycle.title)))

    def _state(self) -> str | None:
        cycle = self._found(self.intake)
        return None if cycle is None else str(cycle["state"])

    def _found(self, path: str) -> dict[str, Any] | None:
        """What stands there for the administrator; None while nothing does."""
        try:
            return dict(self.administrator.get(path))
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def bring_sources(self, releases: tuple[Release, ...]) -> None:
        """The publishers of independent figures bring their files."""
        for release in releases:
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
            until(partial(self._bring, release), "verify knows the cycle")
            self.say(
                sentence(
                    "Source “%(title)s” brought %(figures)s figures.",
                    title=named(release.title),
                    figures=release.content.count(b"\n") - 1,
                )
            )

    def _bring(self, release: Release) -> bool:
        try:
            self.cast.person(self.staff[release.rater]).call(
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
        self.say(
            sentence(
                "%(units)s units sent their self-assessments (%(now)s of them now).",
                units=len(self.cycle.units),
                now=sent,
            )
        )

    def _send(self, unit: str) -> bool:
        leader = self.cast.person(leader_login(self.cycle, unit))
        path = f"{self.intake}/units/{unit}/submissions"
        if leader.get(path)["submissions"]:
            return False
        leader.post(path, {"items": [item_of(claim) for claim in self.cycle.claims[unit]]})
        return True

    def close_intake(self) -> None:
        """The administrator closes intake before its date does."""
        if self._state() == "open":
            self.administrator.post(f"{self.intake}/close-intake", accept=(409,))
        self.say(sentence("Closed intake."))

    def challenge(self) -> None:
        """The members of one cluster read each other's submissions and challenge some items."""
        if self.cycle.round_in:
            self.say(ClusterRound(self.cycle, self.cast, self.administrator).challenge())

    def meet(self) -> None:
        """The same cluster meets, notes the verified totals and signs its minutes."""
        if self.cycle.round_in:
            self.say(ClusterRound(self.cycle, self.cast, self.administrator).meet())

    def wait_for_screening(self) -> Flagged:
        """Verify's worker screens every cluster as a cohort; returns what it asks about."""
        reviewer = self.cast.person(self.staff["reviewer"])

        def done() -> bool:
            progress = reviewer.get(self.verify)
            totals, screenings = progress["totals"], progress["screenings"]
            everybody = bool(totals["expected"] == totals["compared"] == len(self.cycle.units))
            return everybody and not screenings["waiting"] and not screenings["running"]

        until(done, "every cluster is screened")
        totals = reviewer.get(self.verify)["totals"]
        self.say(
            sentence(
                "Screened %(items)s items; %(blocking)s wait for a decision.",
                items=totals["items"],
                blocking=totals["blocking"],
            )
        )
        return self._flagged(reviewer)

    def _flagged(self, reviewer: Person) -> Flagged:
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        after: str | None = None
        while True:
            asked = {"flagged": "true", "limit": LARGEST_PAGE} | ({"after": after} if after else {})
            page = reviewer.get(f"{self.verify}/items", params=asked)
            found |= {(item["unit"], item["criterion"]): tuple(item["codes"]) for item in page["items"]}
            if (after := page["next"]) is None:
                return found

    def largest_gaps(self) -> list[dict[str, Any]]:
        """What a reviewer would ask about first."""
        reviewer = self.cast.person(self.staff["reviewer"])
        gaps: list[dict[str, Any]] = reviewer.get(self.verify, params={"gaps": LARGEST_GAPS})["gaps"]
        return gaps

    def review(self) -> None:
        """A reviewer decides the clearest items one by one (a second one signs those that move much), then those drawn
        at random; small ones go together."""
        reviews = Reviews(
            self.cycle.code,
            self.cast.person(self.staff["reviewer"]),
            self.cast.person(second_login(self.cycle)),
            self.cycle.confirming_office,
        )
        self._decide_clearest(reviews)
        self.triage.audit(reviews)

    def _decide_clearest(self, reviews: Reviews) -> None:
        decided = reviews.decide_clearest()
        self.say(sentence("The reviewer decided %(decided)s items one by one.", decided=decided.all))
        self.say(sentence("A second person signed %(signed)s of them, which move much.", signed=decided.signed))
        if decided.accepted:
            self.say(sentence("In %(accepted)s of them a letter bears out the claim.", accepted=decided.accepted))

    def settle(self) -> None:
        """The lead reviewer settles what is outside the tolerance, at the source's figure."""
        lead = self.cast.person(self.staff["lead_reviewer"])
        reason = sentence("No explanation was asked for in this demonstration; the source's figure counts.")
        for cluster in self.cycle.clusters:
            lead.post(
                f"{self.verify}/clusters/{cluster}/settlement",
                {"reason": in_both(reason), "document_number": "demo-1"},
                accept=(409,),  # nothing is open there any more
            )
        self.say(sentence("The lead reviewer settled the open items at the source's figure."))

    def freeze(self, reason: Sentence | None = None) -> None:
        """Ranking learns from verify's feed what counts; then the administrator freezes each cluster.

        With a reason it freezes again, wherever something has changed since.
        """
        known = (self._found(self.ranking) or {"clusters": ()})["clusters"]
        frozen = {row["cluster"]: row["sheet"]["version"] for row in known if row["sheet"]}
        for cluster in self.cycle.clusters:
            if frozen.get(cluster, 0) < (1 if reason is None else 2):
                until(partial(self._freeze, cluster, reason), f"cluster {cluster} can be frozen")
        self.say(sentence("Froze the scores of %(clusters)s clusters.", clusters=len(self.cycle.clusters)))

    def _freeze(self, cluster: str, reason: Sentence | None) -> bool:
        body = {} if reason is None else {"reason": in_both(reason)}
        try:
            self.administrator.post(f"{self.ranking}/clusters/{cluster}/freeze", body)
        except Refused as refused:
            if refused.status in (404, 409):
                return False  # something has not arrived yet
            raise
        return True

    def vote(self) -> None:
        """Where a cluster votes after it has scored: a teller opens the box, each unit puts its paper in."""
        if not self.cycle.votes:
            return
        leaders = {
            unit.code: self.cast.person(leader_login(self.cycle, unit.code))
            for unit in self.cycle.units
            if unit.cluster in self.cycle.votes
        }
        ballots = Ballots(self.cycle.code, self.cast.person(self.staff["teller"]), leaders)
        for cluster in self.cycle.votes:
            ballots.hold(cluster)
        self.say(
            sentence(
                "%(clusters)s clusters voted after the freeze, %(papers)s papers; no ballot changed a score.",
                clusters=len(self.cycle.votes),
                papers=len(leaders),
            )
        )

    def publish(self, reason: Sentence | None = None) -> None:
        """An edition for everybody, by the council's own act. With a reason: one that follows another."""
        number = 1 if reason is None else 2
        if len(self._editions()) < number:
            body = {"audience": "public"} | ({} if reason is None else {"reason": in_both(reason)})
            self.administrator.post(f"{self.ranking}/editions", body)
        edition = next(edition for edition in self._editions() if edition["number"] == number)
        if edition["publication"] is None:
            body = {"record_number": f"demo-{number + 1}", "decided_on": datetime.now(VIETNAM).date().isoformat()}
            path = f"{self.ranking}/editions/public/{number}/publication"
            self.cast.person(self.staff["council_member"]).post(path, body, accept=(409,))
        self.say(
            sentence(
                "The council published edition %(number)s; places or totals that changed: %(changes)s.",
                number=number,
                changes=len(edition["changes"]),
            )
            if reason
            else sentence("The council published edition %(number)s.", number=number)
        )

    def _editions(self) -> list[dict[str, Any]]:
        """The heads of the public editions, oldest first."""
        editions = self.administrator.get(f"{self.ranking}/editions")["editions"]
        public = [edition for edition in editions if edition["audience"] == "public"]
        return sorted(public, key=lambda edition: int(edition["number"]))

    def follow_up(self) -> None:
        """What came late is checked as everything else, and a second edition says what changed and why."""
        if not self.cycle.late_releases or len(self._editions()) > 1:
            return
        self.bring_sources(self.cycle.late_releases)
        self.wait_for_screening()
        self.settle()
        titles = {language: ", ".join(r.title[language] for r in self.cycle.late_releases) for language in LANGUAGES}
        reason = sentence("Arrived after the first edition: %(title)s.", title=named(titles))
        self.freeze(reason)
        self.publish(reason)

    def result(self, gaps: list[dict[str, Any]], flagged: Flagged) -> Result:
        """The newest public edition, and what the summary says of the way to it."""
        member = self.cast.person(self.staff["council_member"])
        editions = self._editions()
        answer = member.call("GET", f"{self.ranking}/editions/public/{editions[-1]['number']}")
        keys = member.get("/ranking/v1/keys")
        return Result(answer.content, editions[-1]["edition_sha256"], editions, keys, gaps, flagged)


def item_of(claim: Claim) -> dict[str, Any]:
    """A claim as intake takes it."""
    item: dict[str, Any] = {"criterion": claim.criterion, "value": claim.value, "self_points": claim.self_points}
    if claim.target is not None:
        item["target"] = claim.target
    if claim.note:
        item["note"] = claim.note
    if claim.documents:
        item["evidence"] = [vars(document) for document in claim.documents]
    return item


def until(condition: Callable[[], bool], what: str) -> None:
    """Ask again and again; Refused when patience is over."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > limit:
            raise Refused(0, f"waited {PATIENCE:.0f} s in vain until {what}")
        time.sleep(0.3)
