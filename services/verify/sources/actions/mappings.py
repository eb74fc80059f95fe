"""Says how the files of a source are laid out, and which unit a spelling means; both are remembered."""

from services.verify.ports import Store, UnitOfWork
from services.verify.roles import UPLOADERS
from services.verify.sources.actions.touch import touch
from services.verify.sources.model import SourceRecord
from services.verify.sources.rules.mapping import SourceMapping, mapping_faults
from services.verify.sources.rules.place_names import folded
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


def save_mapping(store: Store, actor: Actor, source: str, mapping: SourceMapping) -> int:
    """Keep a mapping as the newest one of a source; its version. Files taken in before keep theirs."""
    faults = [Fault(message, path=name) for name, message in mapping_faults(mapping)]
    if faults:
        raise BadInput(faults, code="bad_mapping")
    with store.unit_of_work() as uow:
        found = _source(uow, actor, source)
        version = uow.mappings.save(found.source, mapping, uow.now, actor.account, actor.name)
        subject = f"source:{found.source}"
        uow.record("mapping_saved", subject, actor, "", {"version": version})
        uow.commit()
    return version


def answer_spelling(store: Store, actor: Actor, source: str, spelling: str, unit: str | None) -> int:
    """Remember for a council which unit a spelling means (None: none of them); how many waiting rows counted from it.

    Nobody says that figures are their own unit's. What has become figures once stays: a later answer adds, it never
    takes away.
    """
    key = folded(spelling)
    if not key:
        raise BadInput([Fault(sentence("Say which spelling is meant."), path="spelling")], code="spelling_missing")
    with store.unit_of_work() as uow:
        found = _source(uow, actor, source)
        council = found.council
        uow.mappings.lock(council)
        before = uow.mappings.answers(council)
        if before.get(key) is not None and before[key] != unit:
            message = sentence("Somebody has answered already: “%(spelling)s” is %(unit)s.", spelling=spelling[:40],
                            unit=before[key])  # fmt: skip
            raise Refusal("spelling_answered", Kind.CONFLICT, message)
        if unit is not None:
            _check_unit(uow, actor, council, unit)
        uow.mappings.answer(council, spelling, unit, uow.now, actor.account, actor.name)
        counted = 0
        if unit is not None:
            rows = uow.mappings.observe(council, key, unit)
            counted = len(rows)
            touch(uow, council, rows)
        data = {"spelling": spelling, "unit": unit, "rows": counted}
        uow.record("spelling_answered", f"council:{council}", actor, "", data)
        uow.commit()
    return counted


def _source(uow: UnitOfWork, actor: Actor, source: str) -> SourceRecord:
    found = uow.sources.find(source)
    if found is None or not any(grant.council == found.council for grant in actor.grants):
        raise Refusal("source_not_found", Kind.NOT_FOUND, sentence("There is no such source open to you."))
    if not actor.may(UPLOADERS, council=found.council):
        raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your roles do not include bringing figures."))
    return found


def _check_unit(uow: UnitOfWork, actor: Actor, council: str, unit: str) -> None:
    if actor.belongs_to(council, unit):
        message = sentence("“%(unit)s” is your own unit: somebody else brings its figures.", unit=unit)
        raise Refusal("own_unit", Kind.FORBIDDEN, message)
    if not uow.cycles.touched(council, {unit}):
        message = sentence("“%(unit)s” is no unit of a living cycle of this council.", unit=unit[:40])
        raise BadInput([Fault(message, path="unit")], code="unknown_unit")
    if not actor.may(UPLOADERS, council=council, unit=unit):
        raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your role does not cover this unit or criterion."))
