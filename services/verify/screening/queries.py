"""What a screening and a count look at, read together."""

from collections.abc import Collection

from services.verify.claims.model import CycleRecord
from services.verify.claims.rules.frameworks import framework_of
from services.verify.ports import Transaction
from services.verify.screening.rules.material import Material


def load_material(transaction: Transaction, cycle: CycleRecord, units: Collection[str]) -> Material:
    """What these units claim and what the framework's sources say about them."""
    framework = framework_of(cycle.framework, cycle.framework_sha256)
    sources = {reference.id for criterion in framework.criteria for reference in criterion.sources}
    return Material(cycle, framework, transaction.reviews.given(cycle.council, cycle.cycle, sources, units))
