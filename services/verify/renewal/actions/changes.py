"""What a release concerns, and what changed on items when they were screened again."""

import uuid
from collections.abc import Collection, Mapping

from services.verify.claims.model import ItemKey
from services.verify.ports import UnitOfWork
from services.verify.reviews.model.item import ItemChange, ReviewItem
from services.verify.reviews.rules.changes import _figure, is_different, shown
from services.verify.sources.actions.touch import concerned
from shared.criteria.model import Framework


def note_changes(
    uow: UnitOfWork,
    cycle: str,
    screening: uuid.UUID,
    causes: "Causes",
    before: Mapping[ItemKey, ReviewItem],
    after: Mapping[ItemKey, ReviewItem],
) -> None:
    """Keep what is different on items that had been screened before, with what was new to this screening."""
    different = [
        (old, item) for key, item in after.items() if (old := before.get(key)) is not None and is_different(old, item)
    ]
    concern = causes.of({item.unit for _, item in different})
    changes = []
    for old, item in different:
        releases = _releases(causes, concern.get(item.key, ()), old, item)
        changes.append(
            ItemChange(
                unit=item.unit,
                criterion=item.criterion,
                releases=releases,
                concerned=bool(releases) and bool(set(releases) & concern.get(item.key, set())),
                reopened=old.decision is not None and item.decision is None,
                before=shown(old),
                after=shown(item),
            )
        )
    uow.changes.add(cycle, screening, changes, uow.now)


class Causes:
    """The releases that a screening is the first to see. `compared`: it compares units, so each may change all."""

    def __init__(self, uow: UnitOfWork, cycle: str, framework: Framework, period: str, *, compared: bool) -> None:
        self.unseen = tuple(uow.touches.unseen(cycle))
        self.uow, self.framework, self.period, self.compared = uow, framework, period, compared

    def of(self, units: Collection[str]) -> dict[ItemKey, set[uuid.UUID]]:
        """Which of them concern which items of these units."""
        if not self.unseen or not units:
            return {}
        found: dict[ItemKey, set[uuid.UUID]] = {}
        rows = self.uow.touches.rows(self.unseen, units)
        for release, key in concerned(self.framework, self.period, rows):
            found.setdefault(key, set()).add(release)
        return found


def _releases(
    causes: Causes, concerning: Collection[uuid.UUID], old: ReviewItem, item: ReviewItem
) -> tuple[uuid.UUID, ...]:
    """A figure that moved comes from the releases about it; with an unchanged claim a comparison may have moved it."""
    moved = _figure(old) != _figure(item)
    if concerning and (moved or old.submission == item.submission):
        return tuple(sorted(concerning))
    return causes.unseen if causes.compared and old.submission == item.submission else ()
