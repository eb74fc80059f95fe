"""What a release changed on items, for those who look after items."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.verify.claims.model import ListedCycle
from services.verify.ports import View
from services.verify.reviews.model.views import ReleaseEffect
from services.verify.roles import LOOKERS, councils_of
from services.verify.sources.model import ListedRelease, ReleaseRow
from services.verify.sources.queries import is_blinded, open_cycle, open_release, release_rows, same_cycle
from shared.people import Actor


def release_changes(view: View, actor: Actor, release: uuid.UUID, after: int, limit: int) -> ReleaseEffect:
    """What a release concerns and what it changed. Refused to who still rates in one of its cycles."""
    found = open_release(view, actor, release, LOOKERS)
    for touch in view.touches.of_release(release):
        open_cycle(view, actor, touch.cycle)
    return _effect(view, actor, found, after, limit)


def _effect(view: View, actor: Actor, release: ListedRelease, after: int, limit: int) -> ReleaseEffect:
    listed, following = view.changes.of_release(actor, release.council, release.release, after, limit)
    return ReleaseEffect(
        touched=view.touches.of_release(release.release),
        counts=view.changes.counts(actor, release.council, release.release),
        changes=listed,
        next=following,
    )


@dataclass(frozen=True)
class ReleasePage:
    """A release, a page of its rows, and what it changed (None: not for this reader)."""

    release: ListedRelease
    rows: Sequence[ReleaseRow]
    following: int | None
    cycles: Sequence[ListedCycle]
    effect: ReleaseEffect | None


def release_page(
    view: View, actor: Actor, release: uuid.UUID, after: int, changes_after: int, limit: int
) -> ReleasePage:
    """Where a release comes from, its rows, and for those who look after items what it changed."""
    found = open_release(view, actor, release)
    rows, following = release_rows(view, release, after, limit)
    council = found.council
    hidden = council not in councils_of(actor, LOOKERS) or any(
        is_blinded(view, actor, council, touch.cycle) for touch in view.touches.of_release(release)
    )
    effect = None if hidden else _effect(view, actor, found, changes_after, limit)
    return ReleasePage(found, rows, following, same_cycle(view, council, found.cycle), effect)
