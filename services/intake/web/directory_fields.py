"""What a row of the directory is made of, as forms and workbooks give it."""

import re

from shared.contracts.fields import CODE
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.model import Title

LONGEST_TITLE = 500
LONGEST_SOURCE = 500
METHOD_NAMES = {"score_only": N_("scores alone"), "score_then_vote": N_("scores, then a ballot")}
POSITION_NAMES = {"head": N_("head"), "deputy": N_("deputy")}


def read_code(text: str, name: str, errors: dict[str, Sentence]) -> str:
    """A code of a unit or cluster; what is wrong with it goes to `errors` under `name`."""
    if not re.match(CODE, text):
        errors[name] = sentence("A code has letters without diacritics, digits and . _ -, at most 63 of them.")
    return text


def read_title(vi: str, en: str, errors: dict[str, Sentence]) -> Title:
    """A name in one language at least."""
    if not vi and not en:
        errors["title_vi"] = sentence("Give the title in Vietnamese or English.")
    elif max(len(vi), len(en)) > LONGEST_TITLE:
        errors["title_vi"] = sentence("At most %(most)s characters.", most=LONGEST_TITLE)
    return Title(vi=vi, en=en)
