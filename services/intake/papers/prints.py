"""Official papers as PDF by Typst: a template in a file, its data as JSON; no network, no fonts of the machine's."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

SERVICE = Path(__file__).parents[1]


class TypstPrinter:
    """`services.intake.ports.Printer`. The same data give the same bytes."""

    def __init__(self) -> None:
        # The typefaces inside the wheel, whatever the machine has.
        self._fonts = typst.Fonts(include_system_fonts=False)

    def pdf(self, paper: str, data: Mapping[str, Any]) -> bytes:
        """A paper by subject and template (`submissions/receipt`) as PDF. Data are printed, never interpreted."""
        return typst.compile(
            str(SERVICE / paper.partition("/")[0] / "templates" / f"{paper}.typ"),
            root=str(SERVICE),
            font_paths=self._fonts,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            # Nothing is fetched: packages would have to lie here.
            package_path=str(SERVICE),
            package_cache_path=str(SERVICE),
        )
