"""What is asked of every actor."""

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence


def refuse_unless(allowed: bool) -> None:
    """Raise a Refusal unless the actor may do this."""
    if not allowed:
        raise Refusal("not_allowed_here", Kind.FORBIDDEN, sentence("Your roles do not include this in this council."))
