"""What the demo says: every sentence in Vietnamese and English, on the terminal and where people give reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.contracts.sentences import LANGUAGES, Sentence

Titles = Mapping[str, str]


def both(title: Titles) -> str:
    """A title for readers of either language, Vietnamese first; once where both are the same."""
    return " / ".join(dict.fromkeys(title[language] for language in LANGUAGES if title.get(language)))


def in_both(message: Sentence) -> str:
    """A sentence for readers of either language, Vietnamese first."""
    return both({language: message.in_language(language) for language in LANGUAGES})


@dataclass(frozen=True)
class Named(Sentence):
    """A title as a part of a sentence, in the sentence's language."""

    title: Titles = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """The title in `vi` or `en`, else as it is."""
        return self.title.get(language) or self.text


def named(title: Titles) -> Named:
    """A title that can fill a place in a sentence."""
    return Named(both(title), title=title)
