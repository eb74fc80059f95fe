"""How pages say where they are: (path, name, function, methods)."""

from collections.abc import Callable, Iterable
from typing import Any

Route = tuple[str, str, Callable[..., Any], tuple[str, ...]]
Routes = Iterable[Route]
READ: tuple[str, ...] = ("GET",)
FORM: tuple[str, ...] = ("GET", "POST")
ACT: tuple[str, ...] = ("POST",)
CYCLE = "/cycles/<code:cycle>"
