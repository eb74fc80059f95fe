"""Which items were given to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.assessments.model import Contribution, Draft
from services.intake.assessments.rules import assigned_to
from services.intake.cycles.model import Cycle, Member
from services.intake.cycles.queries import find_cycle
from services.intake.people.model import Contributor
from services.intake.people.rules import fills_in_everything, looks, looks_at_everything, not_found, refuse_unless
from services.intake.ports import Store
from shared.clock import VIETNAM
from shared.criteria.model import Framework
from shared.people import Actor


@dataclass(frozen=True)
class ContributionsView:
    """Who supplies what, as far as the reader may see it."""

    cycle: Cycle
    framework: Framework
    member: Member
    draft: Draft
    contributions: Sequence[Contribution]
    contributors: Sequence[Contributor]
    today: date
    assigns: bool
    is_open: bool


def read_contributions(store: Store, actor: Actor, cycle_code: str, unit: str) -> ContributionsView:
    """All of them for those who see the whole draft; a contributor sees the own ones."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        member = view.cycles.member(cycle_code, unit)
        refuse_unless(looks(actor, cycle.council, unit))
        draft = view.assessments.draft(cycle_code, unit)
        if draft is None or member is None:
            raise not_found()
        whole = looks_at_everything(actor, cycle.council, unit)
        own = assigned_to(draft, actor.account)
        framework = view.cycles.framework(cycle.framework_sha256)
        return ContributionsView(
            cycle=cycle,
            framework=framework,
            member=member,
            draft=draft,
            contributions=[
                draft.contributions[item.code]
                for item in framework.items
                if item.code in draft.contributions and (whole or item.code in own)
            ],
            contributors=view.people.contributors(cycle.council, unit) if whole else (),
            today=view.now.astimezone(VIETNAM).date(),
            assigns=fills_in_everything(actor, cycle.council, unit) and cycle.takes(unit, view.now),
            is_open=cycle.takes(unit, view.now),
        )
