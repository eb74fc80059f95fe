"""An edition as a table of rows: one unit a row, every row saying what data it is."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from shared.criteria.loader import load_document
from shared.criteria.model import Framework

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def edition_csv(document: Mapping[str, Any], titles: Mapping[str, Mapping[str, str]]) -> bytes:
    """UTF-8 CSV with a header row; points as the edition carries them, an empty cell for what is missing."""
    out = io.StringIO(newline="")
    # Canonical JSON sorts its keys; people expect the framework's own order.
    framework = load_document(document["inputs"]["framework"])
    csv.writer(out, lineterminator="\r\n").writerows(_rows(document, framework, titles))
    return out.getvalue().encode()


def _rows(
    document: Mapping[str, Any], framework: Framework, titles: Mapping[str, Mapping[str, str]]
) -> Iterator[list[Any]]:
    head, clusters = document["edition"], document["ranking"]["clusters"]
    groups = [group.code for group in framework.groups]
    criteria = [criterion.code for criterion in framework.criteria]
    additions = [*(bonus.code for bonus in framework.bonuses), *(penalty.code for penalty in framework.penalties)]
    yield [
        *("cycle", "audience", "edition", "data", "cluster", "unit", "title_vi", "title_en", "rank", "total"),
        *("share_verified", *(f"group:{code}" for code in groups), *criteria, *additions),
    ]
    start = [head["cycle"], head["audience"], head["number"], "synthetic" if head.get("synthetic") else "real"]
    for cluster in clusters:
        for standing in cluster["standings"]:
            title = titles.get(standing["unit"], {})
            yield [
                *start,
                cluster["cluster"],
                standing["unit"],
                _plain(title.get("vi")),
                _plain(title.get("en")),
                *(standing[name] for name in ("rank", "total", "share_verified")),
                *(standing["groups"].get(code) for code in groups),
                *(standing["criteria"].get(code) for code in criteria),
                *(standing.get("additions", {}).get(code) for code in additions),
            ]


def _plain(text: str | None) -> str:
    """A title that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text.startswith(FORMULA_SIGNS) else text or ""
