"""Where a review item stands, what can happen to it, and where that leads."""

from collections.abc import Mapping
from enum import StrEnum

from shared.contracts.sentences import N_


class ItemState(StrEnum):
    """Where a review item stands."""

    OPEN = "open"
    CLAIMED = "claimed"  # a reviewer holds it
    ASKED = "explanation_requested"
    EXPLAINED = "explained"
    EXPIRED = "expired"  # asked, and nobody answered in time
    AWAITING = "awaiting_countersignature"  # decided; counts once a second person has signed
    DECIDED = "decided"
    COUNTERSIGNED = "countersigned"
    SETTLED = "settled"
    CHALLENGED = "challenged"  # the unit objects
    WITHDRAWN = "withdrawn"  # somebody held it when its question fell away
    CLOSED = "closed"  # nothing is asked any more, and nobody had decided


class Step(StrEnum):
    """What can happen to a review item."""

    CLAIM = "claim"
    RELEASE = "release"  # the holder lets go, or has held it too long
    ASK = "ask"
    TAKE_BACK = "take_back"  # the request for an explanation is withdrawn by hand
    EXPLAIN = "explain"
    EXPIRE = "expire"
    DECIDE = "decide"
    PROPOSE = "propose"  # decide on so much that a second person must sign
    COUNTERSIGN = "countersign"
    SEND_BACK = "send_back"
    SETTLE = "settle"
    OBJECT = "object"
    RESUME = "resume"  # the answer to an objection was sent back or fell: the objection is open again
    REOPEN = "reopen"  # a new release or submission changed what the item rests on
    WITHDRAW = "withdraw"  # a new screening asks nothing any more


def _moves(state: ItemState, **steps: ItemState) -> dict[tuple[ItemState, Step], ItemState]:
    return {(state, Step[name.upper()]): following for name, following in steps.items()}


_S = ItemState


_DECIDING = {"decide": _S.DECIDED, "propose": _S.AWAITING}


_CONCLUDED = {"object": _S.CHALLENGED, "reopen": _S.OPEN}


TRANSITIONS: Mapping[tuple[ItemState, Step], ItemState] = {
    **_moves(_S.OPEN, claim=_S.CLAIMED, ask=_S.ASKED, **_DECIDING, settle=_S.SETTLED, withdraw=_S.CLOSED),
    **_moves(_S.CLAIMED, claim=_S.CLAIMED, release=_S.OPEN, ask=_S.ASKED, **_DECIDING, settle=_S.SETTLED),
    **_moves(_S.CLAIMED, withdraw=_S.WITHDRAWN),
    **_moves(_S.ASKED, explain=_S.EXPLAINED, expire=_S.EXPIRED, take_back=_S.CLAIMED, withdraw=_S.WITHDRAWN),
    **_moves(_S.EXPLAINED, claim=_S.EXPLAINED, release=_S.EXPLAINED, ask=_S.ASKED, **_DECIDING, withdraw=_S.WITHDRAWN),
    **_moves(
        _S.EXPIRED,
        claim=_S.EXPIRED,
        release=_S.EXPIRED,
        ask=_S.ASKED,
        explain=_S.EXPLAINED,
        **_DECIDING,
        settle=_S.SETTLED,
    ),
    **_moves(_S.EXPIRED, withdraw=_S.WITHDRAWN),
    **_moves(_S.AWAITING, countersign=_S.COUNTERSIGNED, send_back=_S.OPEN, resume=_S.CHALLENGED, reopen=_S.OPEN),
    **_moves(_S.DECIDED, **_CONCLUDED),
    **_moves(_S.COUNTERSIGNED, **_CONCLUDED),
    **_moves(_S.SETTLED, **_CONCLUDED),
    **_moves(_S.WITHDRAWN, **_CONCLUDED),
    **_moves(_S.CLOSED, **_CONCLUDED),
    **_moves(_S.CHALLENGED, claim=_S.CHALLENGED, release=_S.CHALLENGED, **_DECIDING),
}


# Nothing is to be done: what counts, counts, until the unit objects or something new arrives.
CONCLUDED = frozenset(state for state in ItemState if (state, Step.OBJECT) in TRANSITIONS)


# Somebody works on it, or waits for the unit's answer.
IN_HAND = frozenset({ItemState.CLAIMED, ItemState.ASKED, ItemState.EXPLAINED, ItemState.EXPIRED, ItemState.CHALLENGED})


# A person's verdict is in force.
JUDGED = frozenset({ItemState.DECIDED, ItemState.COUNTERSIGNED, ItemState.SETTLED})


# The freeze waits for the second signature, and for the answer to an objection.
HELD_UP = frozenset({ItemState.AWAITING, ItemState.CHALLENGED})


STATE_NAMES: Mapping[ItemState, str] = {
    ItemState.OPEN: N_("open"),
    ItemState.CLAIMED: N_("in hand"),
    ItemState.ASKED: N_("waiting for the unit's explanation"),
    ItemState.EXPLAINED: N_("explained by the unit"),
    ItemState.EXPIRED: N_("not explained in time"),
    ItemState.AWAITING: N_("waiting for a second signature"),
    ItemState.DECIDED: N_("decided"),
    ItemState.COUNTERSIGNED: N_("countersigned"),
    ItemState.SETTLED: N_("settled at the source's figure"),
    ItemState.CHALLENGED: N_("disputed by the unit"),
    ItemState.WITHDRAWN: N_("withdrawn"),
    ItemState.CLOSED: N_("closed"),
}


SETTLEABLE = tuple(state for state in ItemState if (state, Step.SETTLE) in TRANSITIONS)
REVIEWS = tuple(state.value for state in ItemState)
