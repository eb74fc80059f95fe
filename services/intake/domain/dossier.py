"""The document with which a unit's leader stands behind a self-assessment: number, date, signature, the signed file."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence

SIGNED_FILE = "application/pdf"
# How the draft's edits name it; no item's code begins so.
DOSSIER = "_dossier"


@dataclass(frozen=True)
class Dossier:
    """The legal dossier. `mandate`: the document that lets the signer sign for the head of the unit, if one does."""

    document_number: str = ""
    issued_on: date | None = None
    signer: str = ""
    position: str = ""
    mandate: str = ""
    sha256: str | None = None
    size: int | None = None
    media_type: str | None = None
    label: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return self == Dossier()

    def document(self) -> dict[str, Any]:
        """What the submission says of it (shared.contracts.intake_v1.DossierSchema)."""
        return {
            "document_number": self.document_number,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
            "signer": self.signer,
            "position": self.position,
            "mandate": self.mandate,
            "sha256": self.sha256,
            "size": self.size,
            "media_type": self.media_type,
        }


PARTS: tuple[tuple[str, Sentence], ...] = (
    ("document_number", sentence("number of the document")),
    ("issued_on", sentence("date of the document")),
    ("signer", sentence("signer")),
    ("position", sentence("position of the signer")),
    ("sha256", sentence("signed file")),
)


def missing_parts(dossier: Dossier) -> tuple[Sentence, ...]:
    """What a complete dossier still needs, in words."""
    return tuple(said for name, said in PARTS if not getattr(dossier, name))


def refuse_other_file(media_type: str) -> None:
    """The signed document is a PDF."""
    if media_type != SIGNED_FILE:
        raise Refusal(
            "dossier_type",
            Kind.UNSUPPORTED,
            sentence("The signed document is attached as a PDF file."),
        )
