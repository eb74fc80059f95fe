"""Việt Nam 2015: real published figures, made-up self-assessments and ratings; see vietnam_2015/README.md.

The units bear neutral names, and which number a province has is drawn anew from the seed, not written down: nothing
that was made up stands beside a real name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from deploy.demo.cycles import HERE, Cluster, DemoCycle, Release, Unit, rows_of
from deploy.demo.made_up import CONFIRMING_OFFICE, Draws, Figures, MadeUp, make_up
from deploy.demo.wording import Titles
from shared.criteria.loader import load_document
from shared.criteria.model import Framework

FOLDER = HERE / "vietnam_2015"
YEARS = (2013, 2014, 2015)
NUMBERING_SEED = 63
COUNCIL = "viet-nam"
COUNCIL_TITLE = {
    "vi": "Hội đồng Thi đua - Khen thưởng Trung ương (minh họa)",
    "en": "Central Emulation and Commendation Council (an illustration)",
}
NOTICE = {
    "vi": "Tự chấm điểm và phiếu xếp loại của các bộ là giả định, không phải của địa phương nào; số liệu độc lập là "
    "số thật đã công bố. Đơn vị mang tên trung tính.",
    "en": "Self-assessments and the ministries' ratings are made up and no province's own; the independent figures are "
    "real and published. The units bear neutral names.",
}
SHEET_LICENCE = "giả định / made up"


@dataclass(frozen=True)
class _Sheet:
    """A made-up rating sheet: who would fill it in, with which role, and on which day of the next year it comes."""

    title: Titles
    publisher: Titles
    rater: str
    day: str


SHEETS = {
    "defence": _Sheet(
        {"vi": "Phiếu xếp loại quốc phòng (giả định)", "en": "Defence rating sheet (made up)"},
        {"vi": "Bộ phụ trách quốc phòng (giả định)", "en": "Ministry in charge of defence (made up)"},
        "ministry_rater",
        "02-20",
    ),
    "security": _Sheet(
        {"vi": "Phiếu xếp loại an ninh, trật tự (giả định)", "en": "Public order rating sheet (made up)"},
        {"vi": "Bộ phụ trách an ninh (giả định)", "en": "Ministry in charge of public order (made up)"},
        "ministry_rater",
        "02-20",
    ),
    "board": _Sheet(
        {"vi": "Phiếu xếp loại phong trào thi đua (giả định)", "en": "Emulation movement rating sheet (made up)"},
        {"vi": "Ban Thi đua - Khen thưởng Trung ương (giả định)", "en": "Central Board (made up)"},
        "board_rater",
        "02-28",
    ),
    "urban": _Sheet(
        {"vi": "Phiếu xếp loại quản lý đô thị (giả định)", "en": "Urban management rating sheet (made up)"},
        {"vi": "Bộ phụ trách quản lý đô thị (giả định)", "en": "Ministry in charge of urban management (made up)"},
        "ministry_rater",
        "02-20",
    ),
}
LATE, LATE_DAY = "urban", "09-15"
# Days on which such figures usually are public; the real days were not looked up.
PUBLISHED = {"gso": "06-30", "pci": "03-31", "papi": "04-15"}


def vietnam_2015() -> DemoCycle:
    """The cycle of 2015 with those of 2013 and 2014 before it."""
    framework = load_document(_document())
    provinces = rows_of(FOLDER / "provinces.csv")
    names = _numbered(provinces)
    units = _units(provinces, names)
    figures = _figures(framework, names)
    made = make_up(framework, {unit.code: unit.cluster for unit in units}, figures, YEARS)
    *earlier, last = (_cycle(year, framework, units, figures, made) for year in YEARS)
    return replace(
        last,
        earlier=tuple(earlier),
        planted=made.planted,
        confirming_office=CONFIRMING_OFFICE,
        round_in=units[0].cluster,
    )


def _document() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "framework.yaml").read_text(encoding="utf-8")))


def _numbered(provinces: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Province → the code of its neutral name, numbered within its cluster in a drawn order."""
    draws, counted = Draws(NUMBERING_SEED), dict[str, int]()
    names: dict[str, str] = {}
    for row in draws.shuffled(provinces):
        number = counted[row["cluster"]] = counted.get(row["cluster"], 0) + 1
        names[row["province"]] = f"{row['cluster']}-{number:02d}"
    return names


def _units(provinces: Sequence[Mapping[str, str]], names: Mapping[str, str]) -> tuple[Unit, ...]:
    clusters = {names[row["province"]]: row["cluster"] for row in provinces}
    return tuple(
        Unit(
            code,
            {
                "vi": f"{cluster.replace('C', 'Cụm ')} · đơn vị {code[-2:]}",
                "en": f"{cluster.replace('C', 'Cluster ')} · unit {code[-2:]}",
            },
            cluster,
        )
        for code, cluster in sorted(clusters.items())
    )


def _figures(framework: Framework, names: Mapping[str, str]) -> dict[tuple[str, str, int], float]:
    """(unit, criterion, year) → what was published."""
    source_of = {row["table"]: row["source"] for row in rows_of(FOLDER / "tables.csv")}
    criterion_of = {
        (reference.id, reference.indicator): criterion.code
        for criterion in framework.criteria
        for reference in criterion.sources
    }
    figures: dict[tuple[str, str, int], float] = {}
    for row in rows_of(FOLDER / "figures.csv"):
        criterion = criterion_of[source_of[row["table"]], row["indicator"]]
        figures[names[row["province"]], criterion, int(row["year"])] = float(row["value"])
    return figures


def _cycle(year: int, framework: Framework, units: tuple[Unit, ...], figures: Figures, made: MadeUp) -> DemoCycle:
    last = year == YEARS[-1]
    late = {LATE} if last else set[str]()
    on_time = [_sheet(source, year, framework, made.ratings) for source in SHEETS if source not in late]
    return DemoCycle(
        code=f"viet-nam-{year}",
        council=COUNCIL,
        council_title=COUNCIL_TITLE,
        title={"vi": f"Việt Nam {year} (tự chấm điểm giả định)", "en": f"Viet Nam {year} (made-up self-assessments)"},
        period=str(year),
        notice=NOTICE,
        synthetic=True,
        framework=framework.document,
        clusters=_clusters(),
        units=units,
        claims=made.claims[year],
        releases=(*(_published(row, year, framework, figures) for row in rows_of(FOLDER / "sources.csv")), *on_time),
        late_releases=tuple(_sheet(source, year, framework, made.ratings, LATE_DAY) for source in sorted(late)),
    )


def _clusters() -> dict[str, Cluster]:
    return {
        row["cluster"]: Cluster({"vi": row["title_vi"], "en": row["title_en"]}, row["method"])
        for row in rows_of(FOLDER / "clusters.csv")
    }


def _published(row: Mapping[str, str], year: int, framework: Framework, figures: Figures) -> Release:
    """The year's real figures of one publisher, under the units' neutral names."""
    source = row["source"]
    return Release(
        source=source,
        title={"vi": row["title_vi"], "en": row["title_en"]},
        publisher={"vi": row["publisher_vi"], "en": row["publisher_en"]},
        licence=row["licence"],
        published_on=f"{year + 1}-{PUBLISHED[source]}",
        file_name=f"{source}-{year}.csv",
        content=_rows(source, year, framework, figures, "final"),
    )


def _sheet(source: str, year: int, framework: Framework, ratings: Figures, day: str | None = None) -> Release:
    """A made-up sheet; its name, its publisher and every row say so."""
    sheet = SHEETS[source]
    return Release(
        source=source,
        title=sheet.title,
        publisher=sheet.publisher,
        licence=SHEET_LICENCE,
        published_on=f"{year + 1}-{day or sheet.day}",
        file_name=f"{source}-{year}.synthetic.csv",
        content=_rows(source, year, framework, ratings, "synthetic"),
        rater=sheet.rater,
    )


def _rows(source: str, year: int, framework: Framework, figures: Figures, status: str) -> bytes:
    indicator_of = {
        criterion.code: reference.indicator
        for criterion in framework.criteria
        for reference in criterion.sources
        if reference.id == source
    }
    lines = [
        f"{unit},{indicator_of[criterion]},{year},{value:g},{status}"
        for (unit, criterion, when), value in sorted(figures.items())
        if when == year and criterion in indicator_of
    ]
    return ("\n".join(["unit,indicator,period,value,status", *lines]) + "\n").encode()
