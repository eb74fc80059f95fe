"""A strip plot as plain numbers: where each peer's dot stands. The template draws it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.verify.reviews.model.views import Peer

WIDTH, HEIGHT, MARGIN = 480, 110, 16
ROWS = 4  # dots that fall together are stacked
MOST_DOTS = 400


@dataclass(frozen=True)
class Dot:
    """One unit: its place on the drawing, what it stands for, and whether it is the one looked at."""

    x: float
    y: float
    own: bool
    title: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Strip:
    """A strip plot: `kind` is what is plotted (`gap` or `points`), `zero` where nothing differs."""

    kind: str
    low: float
    high: float
    dots: Sequence[Dot]
    zero: float | None
    left_out: int
    width: int = WIDTH
    height: int = HEIGHT
    margin: int = MARGIN


def strip_of(peers: Sequence[Peer], unit: str) -> Strip | None:
    """Differences where at least two are known, else self-scores; None where there is nothing to compare."""
    for kind in ("gap", "points"):
        name = "gap" if kind == "gap" else "self_points"
        known = [peer for peer in peers if getattr(peer, name) is not None]
        if len(known) >= 2 and any(peer.unit == unit for peer in known):
            return _strip(kind, name, known, unit)
    return None


def _strip(kind: str, name: str, known: Sequence[Peer], unit: str) -> Strip:
    own = [peer for peer in known if peer.unit == unit]
    others = [peer for peer in known if peer.unit != unit]
    shown = others[: MOST_DOTS - 1] + own
    values = [float(getattr(peer, name)) for peer in shown]
    low, high = min(values), max(values)
    if kind == "gap":
        low, high = min(low, 0.0), max(high, 0.0)
    spread = (high - low) or 1.0

    def across(value: float) -> float:
        return round(MARGIN + (WIDTH - 2 * MARGIN) * (value - low) / spread, 1)

    taken: dict[int, int] = {}
    dots = []
    for peer, value in zip(shown, values, strict=True):
        x = across(value)
        level = taken.get(round(x / 12), 0)
        taken[round(x / 12)] = level + 1
        y = HEIGHT - 34 - 13 * (level % ROWS)
        dots.append(Dot(x, y, peer.unit == unit, peer.unit_title, value))
    zero = across(0.0) if kind == "gap" else None
    return Strip(kind, low, high, dots, zero, len(others) + len(own) - len(shown))
