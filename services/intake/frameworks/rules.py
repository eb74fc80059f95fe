"""What deserves a second look in a framework. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.criteria import lint, model, overlays
from shared.criteria.lint import Remark


@dataclass(frozen=True)
class OverlayView:
    """An overlay with what it changes and the share of all points that it moves."""

    overlay: model.Overlay
    changes: Sequence[overlays.Change]
    share_moved: float


def remarks_on(framework: model.Framework) -> Sequence[Remark]:
    """What the framework's document alone shows."""
    return tuple(lint.remarks(framework))


def overlays_of(framework: model.Framework) -> Sequence[OverlayView]:
    """All overlays with their difference to the base table."""
    return tuple(
        OverlayView(one, tuple(overlays.changes(framework, one)), overlays.share_moved(framework, one))
        for one in framework.overlays
    )
