"""What changed on an item."""

from typing import Any

from services.verify.reviews.model.item import ReviewItem

FIGURE = ("source", "indicator", "period", "value", "status")


def is_different(old: ReviewItem, item: ReviewItem) -> bool:
    """Whether something changed that concerns a person: not how unusual it is, nor by which row it is known."""
    names = ("claimed_value", "self_points", "codes", "state", "basis", "value", "points", "review", "left_out")
    return _figure(old) != _figure(item) or any(getattr(old, name) != getattr(item, name) for name in names)


def shown(item: ReviewItem) -> dict[str, Any]:
    """An item as a change shows it: plain JSON."""
    figure = item.observation
    return {
        "figure": None if figure is None else {name: figure[name] for name in (*FIGURE, "release")},
        "claimed_value": item.claimed_value,
        "self_points": item.self_points,
        "independent_points": item.independent_points,
        "codes": list(item.codes),
        "state": item.state,
        "basis": item.basis,
        "left_out": item.left_out,
        "value": item.value,
        "points": item.points,
        "review": item.review,
    }


def _figure(item: ReviewItem) -> tuple[Any, ...] | None:
    return None if item.observation is None else tuple(item.observation[name] for name in FIGURE)
