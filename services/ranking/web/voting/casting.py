"""Putting in a paper over HTTP, from the API and from the page: what fails leaves no trace either."""

import uuid

import structlog
from flask import Flask, g, request
from sqlalchemy.exc import SQLAlchemyError

from services.ranking.voting.actions import Voting
from services.ranking.voting.model import Paper
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.web.access import current_actor

# The doors behind which nothing is logged and no request has a number.
CASTING = frozenset({"boxes.Ballots", "ballot_pages.cast"})


def cast_paper(voting: Voting, box: uuid.UUID, unit: str, paper: Paper) -> str:
    """The receipt. A database error would carry unit and paper into the log, so it is answered, not logged."""
    try:
        return voting.cast(current_actor(), box, unit, paper)
    except SQLAlchemyError:
        raise Refusal(
            "paper_not_confirmed",
            Kind.UNAVAILABLE,
            sentence(
                "It could not be confirmed that the paper was put in. Look at the ballot again: it says whether your "
                "unit's paper is in the box."
            ),
        ) from None


def keep_casting_unnumbered(app: Flask) -> None:
    """Requests that put in a paper get no request id, so that no log of any kind can order them."""

    @app.before_request
    def forget_number() -> None:
        if request.endpoint in CASTING:
            g.request_id = "-"
            structlog.contextvars.clear_contextvars()
