"""The items with what counts for them."""

from collections.abc import Mapping, Sequence

from services.verify.claims.model import ItemKey
from services.verify.results.model import Counted
from services.verify.reviews.model import ReviewItem


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
