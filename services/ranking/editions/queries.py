"""What can be seen of editions."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.ranking.editions.model import StoredEdition
from services.ranking.editions.rules.permissions import sees_edition, unknown_edition
from services.ranking.ports import View
from services.ranking.scoring.model import Cycle
from services.ranking.scoring.rules.permissions import sees_cycle, unknown_cycle
from shared.people import Actor

Title = Mapping[str, str]


@dataclass(frozen=True)
class EditionView:
    """An edition with its bytes exactly as they were signed, and the council whose cycle it is."""

    edition: StoredEdition
    document: bytes
    council: str


@dataclass(frozen=True)
class PublishedEdition:
    """The newest public edition of a cycle."""

    cycle: Cycle
    edition: StoredEdition


def editions_of(view: View, actor: Actor, cycle: Cycle) -> tuple[StoredEdition, ...]:
    """The editions of a cycle that the actor may see, newest first."""
    return tuple(edition for edition in view.editions.editions(cycle.cycle) if _seen(actor, cycle, edition))


def editions(view: View, actor: Actor, cycle: str) -> tuple[StoredEdition, ...]:
    """`editions_of` a cycle's code; 404 where the actor may not even know the cycle."""
    found = view.scoring.cycle(cycle)
    seen = editions_of(view, actor, found) if found is not None else ()
    if found is None or (not seen and not sees_cycle(actor, found.council)):
        raise unknown_cycle()
    return seen


def edition(view: View, actor: Actor, cycle: str, audience: str, number: int) -> EditionView:
    """One edition with its bytes."""
    found = view.scoring.cycle(cycle)
    stored = view.editions.edition(cycle, audience, number) if found is not None else None
    if found is None or stored is None or not _seen(actor, found, stored):
        raise unknown_edition()
    return EditionView(stored, view.editions.edition_document(cycle, audience, number), found.council)


def unit_titles(view: View, edition: StoredEdition) -> dict[str, Title]:
    """Unit → title, as frozen in the sheets the edition rests on."""
    titles: dict[str, Title] = {}
    for named in edition.sheets:
        sheet = view.scoring.sheet(edition.cycle, named["cluster"], named["version"])
        if sheet is not None:
            titles |= {unit.unit: unit.title for unit in view.scoring.frozen_units(sheet)}
    return titles


def cluster_titles(view: View, edition: StoredEdition) -> dict[str, Title]:
    """Cluster → title, as frozen."""
    sheets = [view.scoring.sheet(edition.cycle, named["cluster"], named["version"]) for named in edition.sheets]
    return {sheet.cluster: sheet.cluster_title for sheet in sheets if sheet is not None}


def newer(view: View, actor: Actor, edition: StoredEdition) -> StoredEdition | None:
    """The newest edition of the same chain that the actor may see, if it is not this one."""
    chain = [other for other in editions(view, actor, edition.cycle) if other.audience == edition.audience]
    last = max(chain, key=lambda other: other.number, default=edition)
    return last if last.number > edition.number else None


def published(view: View) -> tuple[PublishedEdition, ...]:
    """The newest public edition of every cycle that has one."""
    cycles = {cycle.cycle: cycle for cycle in view.scoring.cycles()}
    return tuple(PublishedEdition(cycles[edition.cycle], edition) for edition in view.editions.published_editions())


def _seen(actor: Actor, cycle: Cycle, edition: StoredEdition) -> bool:
    return sees_edition(actor, cycle.council, edition.audience, edition.publication is not None)
