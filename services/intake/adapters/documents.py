"""How drafts, titles and ranges look as columns: JSON documents and PostgreSQL ranges."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from services.intake.domain.assessment import Claim, Edit, Evidence
from services.intake.domain.contributions import Contribution
from services.intake.domain.cycles import title_document
from services.intake.domain.directory import Validity
from services.intake.domain.dossier import Dossier
from shared.criteria.model import Title


def title_of(document: Mapping[str, str] | None) -> Title:
    """A title from its JSON column."""
    return Title(**(document or {}))


def title_column(title: Title) -> dict[str, str]:
    """A title as its JSON column."""
    return title_document(title)


def validity_of(during: Any) -> Validity:
    """A validity from a daterange column."""
    return Validity(during.lower, during.upper)


def during_column(validity: Validity) -> Range[date]:
    """A validity as a daterange."""
    return Range(validity.valid_from, validity.valid_to, bounds="[)")


def claims_column(claims: Mapping[str, Claim]) -> dict[str, Any]:
    """A draft's claims as JSON, by criterion."""
    return {
        code: {**claim.figures(), "evidence": [evidence_column(entry) for entry in claim.evidence]}
        for code, claim in claims.items()
    }


def claims_of(document: Mapping[str, Any]) -> dict[str, Claim]:
    """The reverse of `claims_column`."""
    return {
        code: Claim(
            criterion=code,
            value=_number(said["value"]),
            self_points=_number(said["self_points"]),
            target=_number(said["target"]),
            note=said["note"],
            explanation=said.get("explanation", ""),
            evidence=tuple(evidence_of(entry) for entry in said["evidence"]),
        )
        for code, said in document.items()
    }


def dossier_column(dossier: Dossier) -> dict[str, Any]:
    """A dossier as JSON; empty for an empty one."""
    return {} if dossier.is_empty else {"label": dossier.label, **dossier.document()}


def dossier_of(document: Mapping[str, Any]) -> Dossier:
    """The reverse of `dossier_column`."""
    issued_on = document.get("issued_on")
    return Dossier(**{**document, "issued_on": date.fromisoformat(issued_on) if issued_on else None})


def contributions_column(contributions: Mapping[str, Contribution]) -> dict[str, Any]:
    """Who supplies which item, as JSON."""
    return {
        code: {name: value.isoformat() if isinstance(value, date) else value for name, value in vars(one).items()}
        for code, one in contributions.items()
    }


def contributions_of(document: Mapping[str, Any]) -> dict[str, Contribution]:
    """The reverse of `contributions_column`."""
    return {
        code: Contribution(
            **{
                **said,
                "due_on": date.fromisoformat(said["due_on"]) if said["due_on"] else None,
                "changed_at": datetime.fromisoformat(said["changed_at"]) if said["changed_at"] else None,
                "supplied_at": datetime.fromisoformat(said["supplied_at"]) if said["supplied_at"] else None,
            }
        )
        for code, said in document.items()
    }


def edits_column(edits: Mapping[str, Edit]) -> dict[str, Any]:
    """Who last changed each item, as JSON."""
    return {
        code: {"version": edit.version, "account": edit.account, "name": edit.name, "at": edit.at.isoformat()}
        for code, edit in edits.items()
    }


def edits_of(document: Mapping[str, Any]) -> dict[str, Edit]:
    """The reverse of `edits_column`."""
    return {
        code: Edit(made["version"], made["account"], made["name"], datetime.fromisoformat(made["at"]))
        for code, made in document.items()
    }


def content_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """A submission's content with its figures as floats, however PostgreSQL wrote them."""
    items = [
        {**item, **{name: _number(item[name]) for name in ("value", "self_points", "target")}}
        for item in document["items"]
    ]
    return {**document, "items": items}


def evidence_column(entry: Evidence) -> dict[str, Any]:
    """A document as JSON."""
    return {"id": entry.id, "label": entry.label, **entry.document()}


def evidence_of(document: Mapping[str, Any]) -> Evidence:
    """The reverse of `evidence_column`."""
    issued_on = document["issued_on"]
    return Evidence(**{**document, "issued_on": date.fromisoformat(issued_on) if issued_on else None})


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
