"""What a demo cycle is: who takes part, by which framework, what they claim and what independent sources say."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
Titles = Mapping[str, str]


@dataclass(frozen=True)
class Unit:
    """A member unit; `cluster` is a code of the cycle."""

    code: str
    title: Titles
    cluster: str


@dataclass(frozen=True)
class Release:
    """One file of an independent source, as its publisher would upload it."""

    source: str
    title: Titles
    publisher: Titles
    licence: str
    published_on: str
    file_name: str
    content: bytes


@dataclass(frozen=True)
class Claim:
    """What a unit says of itself for one criterion."""

    criterion: str
    value: float
    self_points: float


@dataclass(frozen=True)
class DemoCycle:
    """A cycle ready to be played."""

    code: str
    council: str
    council_title: Titles
    title: Titles
    period: str
    notice: Titles
    synthetic: bool
    framework: Mapping[str, Any]
    clusters: Mapping[str, Titles]
    units: tuple[Unit, ...]
    claims: Mapping[str, tuple[Claim, ...]]
    releases: tuple[Release, ...]


WHO_REGIONS = {
    "AFR": {"vi": "Khu vực Châu Phi", "en": "African Region"},
    "AMR": {"vi": "Khu vực Châu Mỹ", "en": "Region of the Americas"},
    "EMR": {"vi": "Khu vực Đông Địa Trung Hải", "en": "Eastern Mediterranean Region"},
    "EUR": {"vi": "Khu vực Châu Âu", "en": "European Region"},
    "SEAR": {"vi": "Khu vực Đông Nam Á", "en": "South-East Asia Region"},
    "WPR": {"vi": "Khu vực Tây Thái Bình Dương", "en": "Western Pacific Region"},
}


def ihr_2018() -> DemoCycle:
    """International Health Regulations 2018, entirely real: see ihr_2018/README.md."""
    folder = HERE / "ihr_2018"
    countries = _rows(folder / "countries.csv")
    scores = _rows(folder / "scores.csv")
    claims: dict[str, list[Claim]] = {}
    lines = ["unit,indicator,period,value,status"]
    for row in scores:
        own = float(row["self_assessed"])
        claims.setdefault(row["country"], []).append(Claim(row["capacity"], own, own))
        lines.append(f"{row['country']},{row['capacity']},2018,{row['externally_evaluated']},final")
    return DemoCycle(
        code="ihr-2018",
        council="who",
        council_title={"vi": "Tổ chức Y tế thế giới", "en": "World Health Organization"},
        title={"vi": "Điều lệ Y tế quốc tế 2018", "en": "International Health Regulations 2018"},
        period="2018",
        notice={
            "vi": "Tự chấm điểm SPAR 2018 và đánh giá ngoài JEE 2016–2020 của WHO. "
            "Chênh lệch là lý do để hỏi, không phải bằng chứng.",
            "en": "WHO's SPAR self-assessments of 2018 and JEE external evaluations of 2016–2020. "
            "A difference is a reason to ask, not proof.",
        },
        synthetic=False,
        framework=yaml.safe_load((folder / "framework.yaml").read_text(encoding="utf-8")),
        clusters=WHO_REGIONS,
        units=tuple(Unit(row["country"], {"vi": row["name"], "en": row["name"]}, row["region"]) for row in countries),
        claims={unit: tuple(items) for unit, items in claims.items()},
        releases=(
            Release(
                source="jee",
                title={"vi": "Đánh giá ngoài chung (JEE)", "en": "Joint External Evaluation"},
                publisher={"vi": "Tổ chức Y tế thế giới", "en": "World Health Organization"},
                licence="MIT (tabulation)",
                published_on="2020-12-31",
                file_name="jee.csv",
                content=("\n".join(lines) + "\n").encode(),
            ),
        ),
    )


CYCLES = {"ihr": ihr_2018}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
