"""Words that stand on the next page after something was done."""

from flask import flash

from shared.contracts.sentences import Sentence
from shared.web.languages import said


def say_good(message: Sentence) -> None:
    """Say on the next page that something was done, in the language of this one."""
    flash(said(message), "good")
