"""What can be seen of sources: their releases, what they owe, and what waits for somebody."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.verify.claims.model import ListedCycle, ShownCycle, ShownUnit
from services.verify.claims.rules.frameworks import criteria_of_source, framework_of, read_framework
from services.verify.ports import View
from services.verify.roles import LOOKERS, LOOKERS_AT_SOURCES, RATERS, UPLOADERS, councils_of
from services.verify.sources.model import (
    FetchPlan,
    KeptCorrection,
    KeptLetter,
    ListedRelease,
    ListedSource,
    Lock,
    MadeAttempt,
    RatedMember,
    ReleaseRow,
    WaitingCorrection,
    WaitingLetter,
    WaitingSpelling,
)
from services.verify.sources.rules.due_dates import DutyState, OwedFigures
from services.verify.sources.rules.mapping import KeptMapping
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Criterion
from shared.people import Actor, Role

MOST_ATTEMPTS = 50  # that are listed


def no_such_source() -> Refusal:
    """Whether it does not exist or is not theirs to see is not disclosed."""
    return Refusal("source_not_found", Kind.NOT_FOUND, sentence("There is no such source open to you."))


def no_such_release() -> Refusal:
    """Whether it does not exist or is not theirs to see is not disclosed."""
    return Refusal("release_not_found", Kind.NOT_FOUND, sentence("There is no such release open to you."))


def no_such_letter() -> Refusal:
    """Whether it does not exist or is not theirs to see is not disclosed."""
    return Refusal("letter_not_found", Kind.NOT_FOUND, sentence("There is no such letter open to you."))


def no_such_correction() -> Refusal:
    """Whether it does not exist or is not theirs to see is not disclosed."""
    return Refusal("correction_not_found", Kind.NOT_FOUND, sentence("There is no such correction open to you."))


def no_such_cycle() -> Refusal:
    """Whether it does not exist or is not theirs to see is not disclosed."""
    return Refusal("cycle_not_found", Kind.NOT_FOUND, sentence("There is no such cycle open to you."))


def is_blinded(view: View, actor: Actor, council: str, cycle: str) -> bool:
    """Whether somebody rates in this council while a rating of the cycle may still be given or revised."""
    return actor.may(RATERS, council=council) and view.duties.ratings_wait(cycle)


def open_cycle(view: View, actor: Actor, cycle: str) -> ShownCycle:
    """A cycle that the actor looks after. Refusals: not found, or its ratings are not locked and the actor rates."""
    found = view.cycles.shown(cycle, councils_of(actor, LOOKERS))
    if found is None:
        raise no_such_cycle()
    if is_blinded(view, actor, found.council, cycle):
        message = sentence(
            "You rate in this council: claims and what is found about them are shown once all ratings of the cycle "
            "are locked."
        )
        raise Refusal("ratings_not_locked", Kind.FORBIDDEN, message)
    return found


def listed_sources(view: View, actor: Actor) -> Sequence[ListedSource]:
    """The sources of the actor's councils."""
    return view.sources.listed(councils_of(actor, LOOKERS_AT_SOURCES))


def open_source(view: View, actor: Actor, source: str, roles: Collection[Role] = LOOKERS_AT_SOURCES) -> ListedSource:
    """A source of a council in which the actor has one of these roles."""
    found = view.sources.listed(councils_of(actor, roles), source)
    if not found:
        raise no_such_source()
    return found[0]


def cycles(view: View, *councils: str) -> Sequence[ListedCycle]:
    """The cycles of these councils, the newest period first."""
    return view.cycles.listed(councils)


def living_cycles(view: View, council: str) -> Sequence[ListedCycle]:
    """The cycles of a council that are not archived, the newest period first."""
    return [cycle for cycle in view.cycles.listed([council]) if not cycle.archived]


@dataclass(frozen=True)
class ShownDuty:
    """What a source owes a cycle; `down`: it is waited for, and fetching it did not work."""

    source: str
    council: str
    title: Mapping[str, str]
    cycle: str
    cycle_title: Mapping[str, str]
    version: int
    due_at: datetime | None
    locks: bool
    given_at: datetime | None
    locked_at: datetime | None
    reminded: Collection[int]
    cause: str | None
    locked_by_name: str | None
    fetched: str | None
    state: str
    down: bool


def duties(
    view: View, councils: Collection[str], *, cycle: str | None = None, source: str | None = None
) -> Sequence[ShownDuty]:
    """What the sources of these councils owe their living cycles, the earliest due date first.

    A source owes a cycle what its framework asks for, or what has a due date, or has been locked.
    """
    found = view.duties.owed(councils, cycle=cycle, source=source)
    return [_shown(one, view.now) for one in found if one.version or one.locked_at or _is_asked(one)]


def _shown(owed: OwedFigures, now: datetime) -> ShownDuty:
    state = owed.state(now)
    waits = state in (DutyState.DUE, DutyState.OVERDUE, DutyState.MISSING)
    kept = {name: getattr(owed, name) for name in ShownDuty.__dataclass_fields__ if name not in ("state", "down")}
    return ShownDuty(**kept, state=str(state), down=waits and owed.fetched in ("down", "refused"))


def _is_asked(owed: OwedFigures) -> bool:
    framework = framework_of(owed.framework, owed.framework_sha256)
    return any(reference.id == owed.source for criterion in framework.criteria for reference in criterion.sources)


def duties_of_cycle(view: View, actor: Actor, cycle: str) -> tuple[ListedCycle, Sequence[ShownDuty]]:
    """A cycle of the actor's councils, and what each of its sources owes it."""
    councils = councils_of(actor, LOOKERS_AT_SOURCES)
    found = view.cycles.shown(cycle, councils)
    if found is None:
        raise no_such_cycle()
    return found, duties(view, councils, cycle=cycle)


@dataclass(frozen=True)
class AllSources:
    """All sources of somebody's councils, and what they owe."""

    sources: Sequence[ListedSource]
    cycles: Sequence[ListedCycle]
    duties: Sequence[ShownDuty]


def all_sources(view: View, actor: Actor) -> AllSources:
    """The sources of the actor's councils, and what they owe."""
    councils = councils_of(actor, LOOKERS_AT_SOURCES)
    return AllSources(view.sources.listed(councils), view.cycles.listed(councils), duties(view, councils))


@dataclass(frozen=True)
class SourceOverview:
    """A source with a page of its releases, and all that waits for somebody."""

    source: ListedSource
    releases: Sequence[ListedRelease]
    following: uuid.UUID | None
    cycles: Sequence[ListedCycle]
    mapping: KeptMapping | None
    waiting: int
    letters: Sequence[WaitingLetter]
    corrections: Sequence[WaitingCorrection]
    attempt: MadeAttempt | None
    duties: Sequence[ShownDuty]
    may_upload: bool


def source_overview(view: View, actor: Actor, source: str, after: uuid.UUID | None, limit: int) -> SourceOverview:
    """Everything about a source; its releases newest first, after one of them."""
    found = open_source(view, actor, source)
    releases, following = view.sources.releases(source, after, limit)
    return SourceOverview(
        source=found,
        releases=releases,
        following=following,
        cycles=view.cycles.listed([found.council]),
        mapping=next(iter(view.mappings.listed(source)), None),
        waiting=len(view.mappings.waiting(found.council, source)),
        letters=view.letters.waiting(source),
        corrections=view.corrections.waiting(source),
        attempt=next(iter(view.fetching.attempts(source, 1)), None),
        duties=duties(view, [found.council], source=source),
        may_upload=actor.may(UPLOADERS, council=found.council),
    )


def releases(
    view: View, actor: Actor, source: str, after: uuid.UUID | None, limit: int
) -> tuple[Sequence[ListedRelease], uuid.UUID | None]:
    """Releases of a source, newest first, and where the next page begins (None at the end)."""
    open_source(view, actor, source)
    return view.sources.releases(source, after, limit)


def open_release(
    view: View, actor: Actor, release: uuid.UUID, roles: Collection[Role] = LOOKERS_AT_SOURCES
) -> ListedRelease:
    """A release of a source of the actor's councils."""
    found = view.sources.release(release, councils_of(actor, roles))
    if found is None:
        raise no_such_release()
    return found


def release_rows(view: View, release: uuid.UUID, after: int, limit: int) -> tuple[Sequence[ReleaseRow], int | None]:
    """Rows of a release by line, and the line after which the next page begins (None at the end)."""
    return view.sources.observations(release, after, limit)


def raw_release(view: View, actor: Actor, release: uuid.UUID) -> tuple[ListedRelease, bytes]:
    """A release and its file as it was taken in."""
    return open_release(view, actor, release), view.sources.raw(release)


def mappings(view: View, source: str) -> Sequence[KeptMapping]:
    """All mappings of a source, the newest first."""
    return view.mappings.listed(source)


def asked_indicators(view: View, council: str, source: str) -> list[str]:
    """The indicators that frameworks of living cycles ask this source for."""
    asked: dict[str, None] = {}
    for document, sha256 in view.cycles.living_frameworks(council):
        asked |= dict.fromkeys(criteria_of_source(framework_of(document, sha256), source))
    return list(asked)


def waiting_spellings(view: View, actor: Actor, source: str) -> Sequence[WaitingSpelling]:
    """Spellings in a source's files that nobody has said anything about, most rows first."""
    return view.mappings.waiting(open_source(view, actor, source).council, source)


def living_units(view: View, council: str) -> Sequence[ShownUnit]:
    """The units of the living cycles of a council, by code."""
    return view.cycles.living_units(council)


def fetching(
    view: View, actor: Actor, source: str, most: int
) -> tuple[ListedSource, FetchPlan | None, Sequence[MadeAttempt]]:
    """A source, where its files are fetched from, and the newest attempts."""
    found = open_source(view, actor, source)
    kept = view.fetching.plan(source)
    return found, kept[1] if kept else None, view.fetching.attempts(source, most)


def open_letter(view: View, actor: Actor, letter: uuid.UUID) -> KeptLetter:
    """A keyed letter of a source of the actor's councils."""
    found = view.letters.shown(letter, councils_of(actor, UPLOADERS))
    if found is None:
        raise no_such_letter()
    return found


def open_correction(view: View, actor: Actor, correction: uuid.UUID) -> KeptCorrection:
    """A correction of a source of the actor's councils."""
    found = view.corrections.shown(correction, councils_of(actor, UPLOADERS))
    if found is None:
        raise no_such_correction()
    return found


def same_cycle(view: View, council: str, cycle: str) -> Sequence[ListedCycle]:
    """The cycle as a list, which is empty where the council has none of that code."""
    return [one for one in view.cycles.listed([council]) if one.cycle == cycle]


def titles(view: View, cycle: str) -> Mapping[str, Mapping[str, str]]:
    """Unit → its title in all languages."""
    return view.cycles.titles(cycle)


@dataclass(frozen=True)
class RatingSetting:
    """A source, its council's living cycles, the chosen one (else the newest), and what that asks the source for."""

    source: ListedSource
    cycles: Sequence[ListedCycle]
    cycle: ShownCycle
    asked: Mapping[str, Criterion]


def rating_setting(
    view: View, actor: Actor, source: str, wanted: str, roles: Collection[Role] = LOOKERS_AT_SOURCES
) -> RatingSetting:
    """What a rating is given in. `wanted`: a cycle's code, empty for the newest."""
    found = open_source(view, actor, source, roles)
    cycles = living_cycles(view, found.council)
    wanted = wanted or (cycles[0].cycle if cycles else "")
    cycle = view.cycles.shown(wanted, [found.council])
    if cycle is None or cycle.archived:
        raise no_such_cycle()
    asked = {code: criterion for code, (criterion, _) in criteria_of_source(read_framework(cycle), source).items()}
    return RatingSetting(found, cycles, cycle, asked)


def units_of_cycle(view: View, actor: Actor, cycle: ShownCycle) -> Sequence[ShownUnit]:
    """The units of a cycle in its order but the actor's own."""
    members = view.cycles.listed_members(cycle.cycle)
    return [ShownUnit(one.unit, one.title) for one in members if not actor.belongs_to(cycle.council, one.unit)]


def rated_units(
    view: View, actor: Actor, setting: RatingSetting, indicator: str, period: str
) -> tuple[Sequence[RatedMember], Lock | None]:
    """The units that the actor may rate by an indicator, with the source's figures, and the lock of the rating."""
    cycle, criterion = setting.cycle, setting.asked[indicator]
    members = view.sources.rated_members(cycle.cycle, setting.source.source, indicator, period)
    mine = [
        one
        for one in members
        if not actor.belongs_to(cycle.council, one.unit)
        and actor.may(UPLOADERS, council=cycle.council, unit=one.unit, cluster=one.cluster, criterion=criterion.code)
    ]
    return mine, view.duties.locked(setting.source.source, cycle.cycle)


@dataclass(frozen=True)
class GivenFigure:
    """One unit's figure as it stands."""

    unit: str
    title: Mapping[str, str]
    cluster: str
    figure: float | None


@dataclass(frozen=True)
class GivenRating:
    """The rating of an indicator as it stands, for the units that somebody may rate."""

    source: str
    cycle: str
    indicator: str
    period: str
    lock: Lock | None
    figures: Sequence[GivenFigure]


def given_rating(view: View, actor: Actor, source: str, cycle: str, indicator: str, period: str | None) -> GivenRating:
    """No claims, no standings: only what the source says. Without a period, of the cycle's own."""
    setting = rating_setting(view, actor, source, cycle, UPLOADERS)
    if indicator not in setting.asked:
        message = sentence("The cycle does not ask this source for “%(indicator)s”.", indicator=indicator)
        raise BadInput([Fault(message, path="indicator")], code="unknown_indicator")
    when = period or setting.cycle.period
    units, lock = rated_units(view, actor, setting, indicator, when)
    figures = [GivenFigure(one.unit, one.title, one.cluster, one.value) for one in units]
    return GivenRating(source, cycle, indicator, when, lock, figures)


def lock_of(view: View, source: str, cycle: str) -> Lock | None:
    """The lock of a rating, if there is one."""
    return view.duties.locked(source, cycle)


def own_period(view: View, cycle: str) -> str:
    """The period of a cycle; empty for an unknown one, which the action refuses."""
    found = view.cycles.find(cycle)
    return found.period if found else ""
