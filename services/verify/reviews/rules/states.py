"""Where a review item stands, and what can happen to it."""

from services.verify.reviews.model.states import CONCLUDED, JUDGED, STATE_NAMES, TRANSITIONS, ItemState, Step
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence


def after(state: ItemState, step: Step) -> ItemState:
    """The state after a step. Refusal `wrong_state` where the table has none: no item is decided twice."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        message = sentence("This item is %(state)s; that step is not possible now.", state=Sentence(STATE_NAMES[state]))
        raise Refusal("wrong_state", Kind.CONFLICT, message) from None


def without_decision(state: ItemState, *, objected: bool) -> ItemState:
    """Where an item stands once its decision no longer fits the facts; what nobody decided stays where it is.

    `objected`: an objection to it is open, which the decision was to answer.
    """
    if state is ItemState.AWAITING:
        return after(state, Step.RESUME if objected else Step.REOPEN)
    return after(state, Step.REOPEN) if state in JUDGED else state


def after_screening(state: ItemState, *, asks: bool) -> ItemState:
    """Where an item without a decision stands after a screening that asks something, or nothing any more.

    What a person holds stays there, whatever else is found, until nothing is asked; an objection until it is
    answered.
    """
    if state is ItemState.CHALLENGED:
        return state
    if state in CONCLUDED:
        return after(state, Step.REOPEN) if asks else state
    return state if asks else after(state, Step.WITHDRAW)
