"""The workbook that ministries and the Board fill in: a row per unit, a column per indicator."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.verify.sources.rules.rating_workbook import FIRST, GUIDE, SHEET

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Rated:
    """An indicator of the workbook: its code, what it is called, its unit of measure, and the levels it may have."""

    indicator: str
    title: str
    measure: str
    levels: Sequence[int] = ()


def written_template(units: Sequence[tuple[str, str]], rated: Sequence[Rated], words: Sequence[str]) -> bytes:
    """The workbook for units (code, name). `words`: headings of the guide — indicator, title, measure, levels."""
    import openpyxl
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    sheet.append(["unit", "name", *(one.indicator for one in rated)])
    for unit in units:
        sheet.append([_plain(text) for text in unit])
    for at, one in enumerate(rated, FIRST):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = max(14, len(one.indicator) + 2)
        if one.levels and units:
            listed = ",".join(map(str, one.levels))
            valid = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=True)
            valid.add(f"{letter}2:{letter}{len(units) + 1}")
            sheet.add_data_validation(valid)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="EEEAE2")
    sheet.column_dimensions["B"].width = 36
    sheet.freeze_panes = "C2"
    guide = book.create_sheet(GUIDE)
    guide.append(list(words))
    for one in rated:
        levels = ", ".join(map(str, one.levels))
        guide.append([_plain(text) for text in (one.indicator, one.title, one.measure, levels)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
