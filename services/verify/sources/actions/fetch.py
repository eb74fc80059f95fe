"""Fetches what is due, in the name of the plan: a source that is down leaves its items unverified, and says so."""

import time
from datetime import timedelta

from services.verify.ports import Store, UnitOfWork
from services.verify.sources.actions.releases import Upload, take_in
from services.verify.sources.model import PROGRESS, Answer, Attempt, FetchPlan, SourceDown
from services.verify.sources.ports import Fetcher, TableReaders
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.people import Actor, Grant, Role

AGAIN_AFTER = timedelta(hours=1)  # what did not work is tried again sooner than what did
LONGEST_HOURS = 24 * 366
LONGEST_TURN = 60.0  # seconds, after which no further source is begun
ASKED = "asked"


def save_plan(store: Store, actor: Actor, plan: FetchPlan) -> int:
    """Keep where a source's files are fetched from; the council's administrators may. The plan's version."""
    with store.unit_of_work() as uow:
        source = uow.sources.find(plan.source)
        if source is None or not any(grant.council == source.council for grant in actor.grants):
            raise Refusal("source_not_found", Kind.NOT_FOUND, sentence("There is no such source open to you."))
        if not actor.may(Role.ADMINISTRATOR, council=source.council):
            message = sentence("Only the council's administrator says where files are fetched from.")
            raise Refusal("not_allowed", Kind.FORBIDDEN, message)
        _check(uow, plan, source.council)
        version = uow.fetching.save(plan, uow.now, actor.account, actor.name)
        data = {"version": version, "address": plan.address, "paused": plan.paused}
        uow.record("fetch_plan_saved", f"source:{plan.source}", actor, "", data)
        uow.commit()
    return version


def fetch_due(store: Store, fetcher: Fetcher, readers: TableReaders) -> dict[str, str]:
    """Fetch every source whose time has come, as many as fit into one turn; what became of each."""
    with store.unit_of_work() as uow:
        planned = uow.fetching.planned()
    ends = time.monotonic() + LONGEST_TURN
    outcomes: dict[str, str] = {}
    for source in planned:
        outcome = fetch_source(store, fetcher, readers, source)
        if outcome is not None:
            outcomes[source] = outcome
        if time.monotonic() > ends:
            break  # the others are still due at the next wake-up
    return outcomes


def fetch_source(store: Store, fetcher: Fetcher, readers: TableReaders, source: str) -> str | None:
    """Fetch one source if it is due: `taken`, `unchanged`, `refused` or `down`; None if it is not due.

    The attempt is written down before the publisher is asked, so that two workers never ask at once.
    """
    with store.unit_of_work() as uow:
        last = uow.fetching.last(source)
        found = uow.fetching.plan(source)
        if found is None or found[1].paused:
            return None
        version, plan = found
        if last is not None:
            rest = timedelta(hours=plan.every_hours) if last.outcome in PROGRESS else AGAIN_AFTER
            if uow.now < last.attempted_at + min(rest, timedelta(hours=plan.every_hours)):
                return None
        marks = uow.fetching.marks(source, version)
        uow.fetching.attempt(source, version, Attempt(ASKED), uow.now)
        uow.commit()
    try:
        answer = fetcher.fetch(plan, *marks)
    except SourceDown as down:
        return _note(store, source, version, Attempt("down", said=down.said))
    if answer.raw is None:
        return _note(store, source, version, Attempt("unchanged", *marks))
    return _take(store, readers, plan, version, answer)


def _take(store: Store, readers: TableReaders, plan: FetchPlan, version: int, answer: Answer) -> str:
    try:
        with store.unit_of_work() as uow:
            source = uow.sources.find(plan.source)
            assert source is not None  # a plan refers to it
            taken = take_in(uow, _machine(source.council), _upload(uow, plan, answer), readers)
            attempt = Attempt("taken", answer.etag, answer.last_modified, taken.release)
            uow.fetching.attempt(plan.source, version, attempt, uow.now)
            uow.commit()
        return "taken"
    except Refusal as refusal:
        if refusal.code == "release_already_taken":
            return _note(store, plan.source, version, Attempt("unchanged", answer.etag, answer.last_modified))
        message = refusal.faults[0].said if refusal.faults else refusal.said
        return _note(store, plan.source, version, Attempt("refused", said=message))


def _note(store: Store, source: str, version: int, attempt: Attempt) -> str:
    with store.unit_of_work() as uow:
        uow.fetching.attempt(source, version, attempt, uow.now)
        uow.commit()
    return attempt.outcome


def _upload(uow: UnitOfWork, plan: FetchPlan, answer: Answer) -> Upload:
    mapped = uow.mappings.newest(plan.source) is not None
    return Upload(
        source=plan.source,
        cycle=plan.cycle,
        published_on=uow.now.date(),
        status=plan.status,
        period=None,
        file_name=answer.file_name,
        raw=answer.raw or b"",
        layout="mapping" if mapped else "columns",
    )


def _machine(council: str) -> Actor:
    """Who brings what is fetched: nobody's account, so nobody's own unit."""
    grants = (Grant(Role.ADMINISTRATOR, council),)
    return Actor(account="verify", name="Công Tâm", home_units=(), grants=grants, session="")


def _check(uow: UnitOfWork, plan: FetchPlan, council: str) -> None:
    faults: list[tuple[str, Sentence]] = []
    if not plan.address.startswith(("https://", "http://")):
        faults.append(("address", sentence("Expected an address that begins with https:// or http://.")))
    if not 1 <= plan.every_hours <= LONGEST_HOURS:
        faults.append(("every_hours", sentence("Expected a number of hours from 1 to %(most)s.", most=LONGEST_HOURS)))
    cycle = uow.cycles.find(plan.cycle)
    if cycle is None or cycle.council != council or cycle.archived:
        message = sentence("The council of this source has no cycle “%(cycle)s”.", cycle=plan.cycle)
        faults.append(("cycle", message))
    if faults:
        raise BadInput([Fault(message, path=name) for name, message in faults], code="bad_fetch_plan")
