"""The closing summary: the edition checked offline, what to ask about, who came first, where to look."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.children import ROOT
from deploy.demo.cycles import DemoCycle
from deploy.demo.story import Cast, Result, administrator_login, leader_login, staff_logins


def checked(edition_file: Path, public_keys: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """What anybody can do with the published file: rank its inputs again, compare, verify the signature."""
    key_file = edition_file.with_suffix(".keys.json")
    key_file.write_text(json.dumps(public_keys, indent=1))
    command = [sys.executable, "-m", "services.ranking", "check-edition", str(edition_file)]
    return subprocess.run(
        [*command, "--public-key", str(key_file)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def summary(
    cycle: DemoCycle, cast: Cast, result: Result, edition_file: Path, verdict: subprocess.CompletedProcess[str]
) -> str:
    """The whole text."""
    edition = json.loads(result.edition)
    head, ranking = edition["edition"], edition["ranking"]
    parts = [
        "",
        f"{cycle.title['en']} — edition {head['number']} for {head['audience']}",
        f"  {cycle.notice['en']}",
        "",
        f"The {len(result.gaps)} largest differences to ask about (a reason to ask, not proof of anything):",
        *_gap_lines(cycle, result.gaps),
        "",
        "First places:",
        *_first_lines(cycle, ranking),
        "",
        f"inputs   sha256 {ranking['inputs_sha256']}",
        f"edition  sha256 {result.edition_sha256}",
        f"file     {edition_file}",
        *("check    " + line for line in (verdict.stdout + verdict.stderr).strip().splitlines()),
        "",
        f"Open {cast.address}/ and sign in as:",
        *_sign_in_lines(cycle, cast),
    ]
    return "\n".join(parts)


def _gap_lines(cycle: DemoCycle, gaps: list[dict[str, Any]]) -> list[str]:
    names = {unit.code: unit.title["en"] for unit in cycle.units}
    return [
        f"  {gap['unit']} {names[gap['unit']]:<28.28} {gap['criterion']:<4}"
        f" self {gap['self_points']:>6g}  source {gap['independent_points']:>6g}  difference {gap['gap']:>+6g}"
        for gap in gaps
    ]


def _first_lines(cycle: DemoCycle, ranking: dict[str, Any]) -> list[str]:
    names = {unit.code: unit.title["en"] for unit in cycle.units}
    lines = []
    for cluster in ranking["clusters"]:
        standings = cluster["standings"]
        first = [row for row in standings if row["rank"] == 1]
        title = cycle.clusters[cluster["cluster"]]["en"]
        small = "; under five units: no comparison among peers" if len(standings) < 5 else ""
        winners = ", ".join(f"{names[row['unit']]} ({float(row['total']):g})" for row in first)
        lines.append(f"  {title:<30} {winners}   of {len(standings)}{small}")
    return lines


def _sign_in_lines(cycle: DemoCycle, cast: Cast) -> list[str]:
    unit = cycle.units[0]
    people = [
        ("administrator", administrator_login(cycle)),
        *((role.replace("_", " "), login) for role, login in staff_logins(cycle).items()),
        (f"signing leader of {unit.title['en']}", leader_login(cycle, unit.code)),
    ]
    return [f"  {role:<32} {login:<20} {cast.password_of(login)}" for role, login in people]
