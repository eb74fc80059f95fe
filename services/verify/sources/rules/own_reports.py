"""Which sources are the units' own reports, and which rows are about the whole country."""

NATIONAL = ("national", "nation", "country", "vn", "vnm", "total", "cả nước", "toàn quốc")


OWN_REPORT = "own_report"


def is_own_report(source: str) -> bool:
    """Whether a source is another report of the units themselves."""
    return source.lower().replace("-", "_").startswith(OWN_REPORT)


def is_national(unit: str) -> bool:
    """Whether an observation's unit is the whole country."""
    return unit.strip().lower() in NATIONAL
