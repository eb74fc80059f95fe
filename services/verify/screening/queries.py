"""What a screening and a count look at, read together."""

from collections.abc import Collection

from services.verify.claims.model import CycleRecord
from services.verify.claims.rules.frameworks import framework_of
from services.verify.ports import View
from services.verify.screening.rules.material import Given, Material


def load_material(view: View, cycle: CycleRecord, units: Collection[str]) -> Material:
    """What these units claim and what the framework's sources say about them."""
    framework = framework_of(cycle.framework, cycle.framework_sha256)
    sources = {reference.id for criterion in framework.criteria for reference in criterion.sources}
    given = Given(
        sent=view.claims.sent(cycle.cycle, units),
        claims=view.claims.current(cycle.cycle, units),
        observations=view.sources.newest_observations(cycle.council, sources, units),
        challenges=view.claims.challenges(cycle.cycle, units),
    )
    return Material(cycle, framework, given)
