"""What can be seen of sources."""

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence


def no_such_source() -> Refusal:
    """Whether it does not exist or is not theirs to see is not told."""
    return Refusal("source_not_found", Kind.NOT_FOUND, sentence("There is no such source open to you."))


def no_such_release() -> Refusal:
    """Whether it does not exist or is not theirs to see is not told."""
    return Refusal("release_not_found", Kind.NOT_FOUND, sentence("There is no such release open to you."))
