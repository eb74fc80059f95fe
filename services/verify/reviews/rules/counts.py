"""The items with what counts for them."""

from collections.abc import Mapping, Sequence

from services.verify.claims.model import ItemKey
from services.verify.results.model import Counted, Reviewed
from services.verify.reviews.model.item import ReviewItem
from services.verify.reviews.model.states import HELD_UP, ItemState


def reviewed(items: Mapping[ItemKey, ReviewItem]) -> Reviewed:
    """Where the items stand. A decision that waits for a second signature is not in force."""
    in_force = {
        key: item.decision for key, item in items.items() if item.decision and item.review != ItemState.AWAITING
    }
    return Reviewed(
        in_force=in_force,
        # Only the screening with the whole cluster knows who is ahead and what else there is to ask.
        asked={
            key for key, item in items.items() if item.cohort and key not in in_force and (item.asked or item.flagged)
        },
        held_up={key for key, item in items.items() if item.review in HELD_UP},
        compared=any(item.cohort for item in items.values()),
    )


def with_counts(items: Mapping[ItemKey, ReviewItem], counted: Sequence[Counted]) -> dict[ItemKey, ReviewItem]:
    """The items with what counts for them."""
    found = dict(items)
    for entry in counted:
        item = found.get((entry.unit, entry.criterion))
        if item is not None:
            found[item.key] = item.changed(
                state=entry.state,
                basis=entry.basis,
                blocks_freeze=entry.blocks_freeze,
                left_out=entry.left_out,
                value=entry.value,
                points=entry.points,
            )
    return found
