"""The closing summary: the edition checked offline, what to ask about, who came first, where to look."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.children import ROOT
from deploy.demo.cast import (
    ADMINISTRATOR,
    ROLES,
    SECOND_REVIEWER,
    Cast,
    administrator_login,
    leader_login,
    second_login,
    staff_logins,
)
from deploy.demo.cycles import DemoCycle
from deploy.demo.story import Result
from deploy.demo.wording import both, in_both, named
from shared.contracts.sentences import LANGUAGES, N_, Sentence, sentence

# How a made-up pattern raised a claim, for people.
PLANTED_KINDS = {
    "fresh": N_("this year only"),
    "chronic": N_("every year alike"),
    "unit": N_("a little on everything of a whole unit"),
}
SMALL_CLUSTER = 5
WHOLE_UNIT = "UNIT_INFLATION"


@dataclass(frozen=True)
class Verdict:
    """What the offline check said of the edition: its exit code, and its lines in every language."""

    returncode: int
    lines: tuple[str, ...]


def checked(edition_file: Path, public_keys: dict[str, Any]) -> Verdict:
    """What anybody can do with the published file: rank its inputs again, compare, verify the signature."""
    key_file = edition_file.with_suffix(".keys.json")
    key_file.write_text(json.dumps(public_keys, indent=1))
    command = [sys.executable, "-m", "services.ranking", "check-edition", str(edition_file)]
    command += ["--public-key", str(key_file)]
    runs = [
        subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "LC_ALL": language},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        for language in LANGUAGES
    ]
    lines = (line for run in runs for line in (run.stdout + run.stderr).strip().splitlines())
    return Verdict(max(run.returncode for run in runs), tuple(lines))


def summary(cycle: DemoCycle, cast: Cast, result: Result, edition_file: Path, verdict: Verdict) -> str:
    """The whole text, every sentence in Vietnamese and English."""
    edition = json.loads(result.edition)
    head, ranking = edition["edition"], edition["ranking"]
    asking = sentence(
        "The %(count)s largest differences to ask about (a reason to ask, not proof of anything):",
        count=len(result.gaps),
    )
    parts = [
        "",
        *_in_each_language(sentence("%(title)s: edition %(number)s", title=named(cycle.title), number=head["number"])),
        *(f"  {cycle.notice[language]}" for language in LANGUAGES),
        "",
        *_in_each_language(asking),
        *_gap_lines(cycle, result.gaps),
        *_screen_lines(cycle, result),
        "",
        *_in_each_language(sentence("First places:")),
        *_first_lines(cycle, ranking),
        *_edition_lines(result),
        "",
        *_in_each_language(sentence("SHA-256 of the inputs: %(sha256)s", sha256=ranking["inputs_sha256"])),
        *_in_each_language(sentence("SHA-256 of the edition: %(sha256)s", sha256=result.edition_sha256)),
        *_in_each_language(sentence("File of the edition: %(file)s", file=str(edition_file))),
        *_in_each_language(sentence("Checked without any server:")),
        *(f"  {line}" for line in verdict.lines),
        "",
        *_in_each_language(sentence("Open %(address)s and sign in as:", address=f"{cast.address}/")),
        *_sign_in_lines(cycle, cast),
        "",
    ]
    return "\n".join(parts)


def _in_each_language(message: Sentence) -> list[str]:
    return list(dict.fromkeys(message.in_language(language) for language in LANGUAGES))


def _gap_lines(cycle: DemoCycle, gaps: list[dict[str, Any]]) -> list[str]:
    names = _names(cycle)
    return [
        f"  {gap['unit']:<6} {names[gap['unit']]:<44.44} {gap['criterion']:<7}"
        f"{gap['self_points']:>6g} − {gap['independent_points']:>6g} = {gap['gap']:>+6g}"
        for gap in gaps
    ]


def _screen_lines(cycle: DemoCycle, result: Result) -> Iterator[str]:
    """How well the screen found what was planted, if anything was; a made-up pattern says little of the real world."""
    planted, flagged = cycle.planted, result.flagged
    if not planted or not flagged:
        return
    found = flagged.keys() & planted.keys()
    yield ""
    yield from _in_each_language(
        sentence(
            "The screen on a made-up pattern: precision %(precision)s %% (%(found)s of %(flagged)s items asked about "
            "were raised), recall %(recall)s %% (of %(planted)s raised items).",
            precision=round(100 * len(found) / len(flagged)),
            recall=round(100 * len(found) / len(planted)),
            found=len(found),
            flagged=len(flagged),
            planted=len(planted),
        )
    )
    of_kind, found_of_kind = Counter(planted.values()), Counter(planted[item] for item in found)
    for kind, name in PLANTED_KINDS.items():
        message = sentence(
            "raised %(kind)s: %(found)s of %(all)s found",
            kind=Sentence(name),
            found=found_of_kind[kind],
            all=of_kind[kind],
        )
        yield f"  {in_both(message)}"
    whole = {unit for (unit, _), kind in planted.items() if kind == "unit"}
    asked = {unit for (unit, _), codes in flagged.items() if WHOLE_UNIT in codes}
    message = sentence(
        "units asked about as a whole: %(asked)s; among them %(found)s of the %(whole)s that were raised on everything",
        asked=len(asked),
        found=len(asked & whole),
        whole=len(whole),
    )
    yield f"  {in_both(message)}"


def _first_lines(cycle: DemoCycle, ranking: Mapping[str, Any]) -> list[str]:
    names = _names(cycle)
    lines = []
    for cluster in ranking["clusters"]:
        standings = cluster["standings"]
        first = [row for row in standings if row["rank"] == 1]
        winners = ", ".join(f"{names[row['unit']]} ({float(row['total']):g})" for row in first)
        lines.append(f"  {both(cycle.clusters[cluster['cluster']].title)}: {winners}")
        if len(standings) < SMALL_CLUSTER:
            lines.append("    " + in_both(sentence("under five units: no comparison among peers")))
    return lines


def _edition_lines(result: Result) -> Iterator[str]:
    """What the newest edition changed, if it followed another."""
    head = json.loads(result.edition)["edition"]
    if not head.get("supersedes"):
        return
    yield ""
    yield from _in_each_language(
        sentence(
            "Edition %(number)s follows edition %(before)s; places or totals of %(changes)s units changed.",
            number=head["number"],
            before=head["supersedes"],
            changes=len(result.editions[-1]["changes"]),
        )
    )
    yield f"  {head['reason']}"


def _names(cycle: DemoCycle) -> dict[str, str]:
    return {unit.code: both(unit.title) for unit in cycle.units}


def _sign_in_lines(cycle: DemoCycle, cast: Cast) -> list[str]:
    unit = cycle.units[0]
    leader = sentence("signing leader of %(unit)s", unit=named(unit.title))
    people = [
        (both(ADMINISTRATOR), administrator_login(cycle)),
        *((both(ROLES[role]), login) for role, login in staff_logins(cycle).items()),
        (both(SECOND_REVIEWER[1]), second_login(cycle)),
        (in_both(leader), leader_login(cycle, unit.code)),
    ]
    return [f"  {login:<20} {cast.password_of(login)}  {role}" for role, login in people]
