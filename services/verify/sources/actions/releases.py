"""Registers sources and takes in their releases: all of a file or nothing of it, with its raw bytes and provenance."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.verify.claims.model import CycleRecord
from services.verify.claims.rules.frameworks import criteria_of_source, framework_of
from services.verify.ports import Store, UnitOfWork
from services.verify.roles import UPLOADERS
from services.verify.sources.actions.mapped_files import GivenRows, read_by_mapping, read_template
from services.verify.sources.actions.touch import touch
from services.verify.sources.model import ObservedRow, ReleasedRow, ReleaseRecord, SourceRecord
from services.verify.sources.ports import TableReaders
from services.verify.sources.rules.release_files import ReleaseContext, read_release
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Criterion, SourceReference
from shared.people import Actor, Role

EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class Upload:
    """A file somebody brings: for which cycle, what it is called and when its publisher published it."""

    source: str
    cycle: str
    published_on: date
    status: str
    period: str | None
    file_name: str
    raw: bytes
    layout: str = "columns"  # or `mapping`, the one kept for the source, or `template`, our own workbook filled in


@dataclass(frozen=True)
class TakenIn:
    """What became of an upload. `used` rows are figures this cycle's framework asks for, of any period.

    `waiting` rows are kept until somebody says which unit they are about; `left_out` ones the mapping does not ask for.
    """

    release: uuid.UUID
    rows: int
    used: int
    units: int
    raw_sha256: str
    waiting: int = 0
    left_out: int = 0


def register_source(store: Store, actor: Actor, source: SourceRecord) -> SourceRecord:
    """Add a source of a council; its administrators may. A source serves the cycles of its own council."""
    if not actor.may(Role.ADMINISTRATOR, council=source.council):
        raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Only the council's administrator registers sources."))
    with store.unit_of_work() as uow:
        if not uow.sources.register(source, uow.now, actor.account, actor.name):
            message = sentence("There is already a source with the code “%(code)s”.", code=source.source)
            raise Refusal("source_exists", Kind.CONFLICT, message)
        uow.record("source_registered", f"source:{source.source}", actor, "", {"council": source.council})
        uow.commit()
    return source


def take_in_release(store: Store, actor: Actor, upload: Upload, readers: TableReaders) -> TakenIn:
    """Store a file with its bytes, rows and provenance, and ask for the screenings that it touches.

    All or nothing, but for rows of units that nobody knows by their spelling: these wait. Raises BadInput with located
    faults; a Refusal if these very bytes were taken in before.
    """
    with store.unit_of_work() as uow:
        taken = take_in(uow, actor, upload, readers)
        uow.commit()
    return taken


def take_in(uow: UnitOfWork, actor: Actor, upload: Upload, readers: TableReaders, *, correction: str = "") -> TakenIn:
    """`take_in_release` as a part of something larger, whose transaction commits it.

    `correction`: why a locked rating is corrected, when a second person agreed; without it a locked one is refused.
    """
    source, cycle = source_and_cycle(uow, actor, upload)
    _refuse_locked(uow, source.source, cycle.cycle, correction)
    sha256 = hashlib.sha256(upload.raw).hexdigest()
    given, desk = read_upload(uow, actor, source, cycle, upload, readers)
    rows = given.rows
    release = ReleaseRecord(
        id=uuid.uuid4(),
        source=source.source,
        cycle=cycle.cycle,
        published_on=upload.published_on,
        status=upload.status,
        file_name=upload.file_name,
        raw_sha256=sha256,
        raw=upload.raw,
        mapping_version=given.version,
        correction=correction,
    )
    if not uow.sources.take_in(release, rows, uow.now, actor.account, actor.name):
        # Somebody brought the same file in this very moment.
        raise _already_taken()
    uow.mappings.wait(release.id, given.waiting)
    told = [ReleasedRow(release.id, source.source, row.unit, row.indicator, row.period) for row in rows]
    touch(uow, source.council, told)
    taken = TakenIn(
        release.id,
        len(rows),
        desk.used(rows),
        len({row.unit for row in rows}),
        sha256,
        len(given.waiting),
        given.left_out,
    )
    uow.record(
        "release_taken_in",
        f"release:{release.id}",
        actor,
        "",
        {
            "source": source.source,
            "cycle": cycle.cycle,
            "rows": taken.rows,
            "waiting": taken.waiting,
            "raw_sha256": sha256,
        },
    )
    return taken


def read_upload(
    uow: UnitOfWork,
    actor: Actor,
    source: SourceRecord,
    cycle: CycleRecord,
    upload: Upload,
    readers: TableReaders,
) -> "tuple[GivenRows, Desk]":
    """The rows of a file, checked as all files are. Raises BadInput with located faults; a Refusal if it is known."""
    _check_dates(uow, upload)
    _refuse_known(uow, upload.source, hashlib.sha256(upload.raw).hexdigest())
    desk = Desk(actor, cycle, source.source, uow.cycles.members(cycle.cycle))
    context = ReleaseContext(upload.file_name, source.source, upload.period or cycle.period, upload.status)
    if upload.layout == "mapping":
        given = read_by_mapping(uow, source, cycle.cycle, upload.raw, context, desk.objections, readers.tidy)
    elif upload.layout == "template":
        given = read_template(list(desk.asked), upload.raw, context, desk.objections, readers.template)
    else:
        given = GivenRows(read_release(upload.raw, context, desk.objections))
    return given, desk


def _refuse_locked(uow: UnitOfWork, source: str, cycle: str, correction: str) -> None:
    """A rating that is locked is only corrected. Held, so that nothing comes while somebody locks it."""
    uow.duties.hold(source, cycle)
    lock = uow.duties.locked(source, cycle)
    if lock is not None and not correction:
        message = sentence(
            "This rating is locked; it is only corrected, with a reason and by a second person who agrees."
        )
        raise Refusal("rating_locked", Kind.CONFLICT, message)


def source_and_cycle(uow: UnitOfWork, actor: Actor, upload: Upload) -> tuple[SourceRecord, CycleRecord]:
    source = uow.sources.find(upload.source)
    if source is None or not any(grant.council == source.council for grant in actor.grants):
        # Which sources a council has is not disclosed outside it.
        raise Refusal("source_not_found", Kind.NOT_FOUND, sentence("There is no such source open to you."))
    if not actor.may(UPLOADERS, council=source.council):
        raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your roles do not include bringing figures."))
    cycle = uow.cycles.find(upload.cycle)
    if cycle is None or cycle.council != source.council:
        message = sentence("The council of this source has no cycle “%(cycle)s”.", cycle=upload.cycle)
        raise BadInput([Fault(message, path="cycle")], code="unknown_cycle")
    if cycle.archived:
        message = sentence("The cycle is archived; nothing of it is screened any more.")
        raise Refusal("cycle_archived", Kind.CONFLICT, message)
    return source, cycle


def _check_dates(uow: UnitOfWork, upload: Upload) -> None:
    # A day of grace: publication dates are local dates somewhere.
    latest = date.fromordinal(uow.now.date().toordinal() + 1)
    if not EARLIEST <= upload.published_on <= latest:
        message = sentence("The date of publication lies in the future or before 1900.")
        raise BadInput([Fault(message, path="published_on")], code="bad_date")


def _refuse_known(uow: UnitOfWork, source: str, sha256: str) -> None:
    if uow.sources.release_with(source, sha256) is not None:
        raise _already_taken()


def _already_taken() -> Refusal:
    message = sentence("This very file was taken in before (same SHA-256); nothing was added.")
    return Refusal("release_already_taken", Kind.CONFLICT, message)


class Desk:
    """Checks each row against the cycle and against what the uploader may bring."""

    def __init__(self, actor: Actor, cycle: CycleRecord, source: str, members: Mapping[str, str]) -> None:
        self.actor = actor
        self.cycle = cycle
        self.members = members
        framework = framework_of(cycle.framework, cycle.framework_sha256)
        self.asked: Mapping[str, tuple[Criterion, SourceReference]] = criteria_of_source(framework, source)

    def objections(self, row: ObservedRow) -> Iterator[tuple[str, Sentence]]:
        """What speaks against a row: (column, what is wrong)."""
        cluster = self.members.get(row.unit)
        if cluster is None:
            yield "unit", sentence("“%(unit)s” is not a member of this cycle.", unit=row.unit)
            return
        council = self.cycle.council
        if self.actor.belongs_to(council, row.unit):
            yield "unit", sentence("“%(unit)s” is your own unit: somebody else brings its figures.", unit=row.unit)
        criterion = self.asked[row.indicator][0].code if row.indicator in self.asked else None
        if not self.actor.may(UPLOADERS, council=council, unit=row.unit, cluster=cluster, criterion=criterion):
            yield "indicator", sentence("Your role does not cover this unit or criterion.")

    def used(self, rows: Sequence[ObservedRow]) -> int:
        """How many rows are figures that the framework asks this source for."""
        return sum(row.indicator in self.asked and row.value is not None for row in rows)
