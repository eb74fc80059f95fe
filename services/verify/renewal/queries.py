"""What was claimed in earlier cycles of the council, and what counted for it then."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from services.verify.claims.model import EarlierPeriod, EvidenceDocument
from services.verify.claims.rules.mergers import was_itself
from services.verify.ports import View
from services.verify.renewal.model import EarlierCycle
from services.verify.renewal.rules import past_claims
from services.verify.screening.rules.material import Material

MOST_CYCLES = 9  # earlier ones that a screening looks back on


def with_earlier_cycles(view: View, material: Material) -> Material:
    """The material with what its units claimed in earlier cycles, and what supported the claims of the last one."""
    cycle, units = material.cycle.cycle, material.units
    before = view.claims.before(cycle)
    documents: dict[str, Sequence[EvidenceDocument]] = {}
    if before:
        same = _themselves(units, before[-1], view.claims.beginnings(cycle))
        documents = {unit: [] for unit in units} | dict(view.claims.documents(before[-1].cycle, same))
    history = past_claims(material.framework, earlier_cycles(view, cycle, units))
    return replace(material, history=history, earlier_documents=documents)


def earlier_cycles(view: View, cycle: str, units: Collection[str]) -> Sequence[EarlierCycle]:
    """The last nine cycles before this one, oldest first, with what these units claimed and what counted."""
    begins = view.claims.beginnings(cycle)
    return [
        EarlierCycle(
            one.period,
            one.framework,
            one.framework_sha256,
            view.history.items(one.cycle, _themselves(units, one, begins)),
        )
        for one in view.claims.before(cycle)[-MOST_CYCLES:]
    ]


def _themselves(units: Collection[str], earlier: EarlierPeriod, begins: Mapping[str, date]) -> list[str]:
    return [unit for unit in units if was_itself(unit, earlier.period, begins)]
