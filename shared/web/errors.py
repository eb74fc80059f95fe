"""What a person sees when something is not done: the reason in their language, and where to go from there."""

from typing import Any

from flask import Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from shared.contracts.refusals import Refusal
from shared.contracts.sentences import N_, Sentence
from shared.web.languages import current_language

# Status → (headline, what it means where nothing more exact is known).
_TEXTS = {
    400: (N_("The request cannot be read"), N_("Something in the address or in the form is not as expected.")),
    401: (N_("Please sign in"), N_("This page is for people with an account.")),
    403: (N_("Not open to you"), N_("Your account does not have the role that this page needs.")),
    404: (N_("Not found"), N_("There is no page at this address. It may have been moved, or the link is incomplete.")),
    405: (N_("Not possible here"), N_("This address cannot be used in this way.")),
    409: (N_("Not possible at the moment"), N_("Something has changed meanwhile. Please look at the current state.")),
    412: (
        N_("Somebody else was faster"),
        N_("It was changed after you opened it. Please look at the current state."),
    ),
    413: (N_("The file is too large"), N_("What was sent is larger than this page accepts.")),
    415: (N_("This kind of file is not accepted"), N_("Please use one of the kinds of file named on the form.")),
    422: (N_("Something needs to be corrected"), N_("What was sent cannot be taken as it is.")),
    429: (N_("Too many attempts"), N_("Please wait a little and try again.")),
    500: (
        N_("Something went wrong on our side"),
        N_("You did nothing wrong. It has been recorded; please try again."),
    ),
    503: (N_("Not available at the moment"), N_("A part of the suite does not answer. Please try again shortly.")),
}


def refusal_page(refusal: Refusal, status: int) -> Response:
    """The page for a refusal: its own sentence and its faults, each with its place."""
    response = _page(status, refusal.said, refusal.faults)
    if status == 429:
        response.headers.setdefault("Retry-After", "60")
    return response


def error_page(error: HTTPException) -> Response:
    """The page for an error of the framework, keeping the headers that belong to it (Allow, Retry-After)."""
    if error.response is not None:
        return make_response(error.response)
    response = _page(error.code or 500, None, ())
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def failure_page() -> Response:
    """The page for a fault of ours."""
    return _page(500, None, ())


def _page(status: int, message: Sentence | None, faults: Any) -> Response:
    headline, meaning = _TEXTS.get(status) or _TEXTS[500 if status >= 500 else 400]
    language = current_language()
    return make_response(
        render_template(
            "cong_tam/error.html",
            status=status,
            headline=Sentence(headline),
            meaning=message or Sentence(meaning),
            faults=[fault.in_language(language) for fault in faults],
            request_id=g.get("request_id", ""),
            can_return=request.method in ("GET", "HEAD"),
        ),
        status,
    )
