"""International Health Regulations 2018: a cycle that is real throughout; see ihr_2018/README.md."""

import yaml

from deploy.demo.cycles import HERE, Claim, Cluster, DemoCycle, Release, Unit, rows_of

WHO_REGIONS = {
    "AFR": {"vi": "Khu vực Châu Phi", "en": "African Region"},
    "AMR": {"vi": "Khu vực Châu Mỹ", "en": "Region of the Americas"},
    "EMR": {"vi": "Khu vực Đông Địa Trung Hải", "en": "Eastern Mediterranean Region"},
    "EUR": {"vi": "Khu vực Châu Âu", "en": "European Region"},
    "SEAR": {"vi": "Khu vực Đông Nam Á", "en": "South-East Asia Region"},
    "WPR": {"vi": "Khu vực Tây Thái Bình Dương", "en": "Western Pacific Region"},
}


def ihr_2018() -> DemoCycle:
    """Self-assessments (SPAR) beside external evaluations (JEE) of the same capacities."""
    folder = HERE / "ihr_2018"
    countries = rows_of(folder / "countries.csv")
    claims: dict[str, list[Claim]] = {}
    lines = ["unit,indicator,period,value,status"]
    for row in rows_of(folder / "scores.csv"):
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
        clusters={code: Cluster(title) for code, title in WHO_REGIONS.items()},
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
