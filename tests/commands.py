"""Runs a command's `main` in this process, as a terminal would show it: a new Python takes a second to start.

One test of each command starts the real process; the others ask this.
"""

import io
import os
import subprocess
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch


def run_here(
    main: Callable[[list[str]], int | None], *arguments: object, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """What `python -m …` with these arguments would have said and ended with, under these variables."""
    words = list(map(str, arguments))
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    code: int | None = None
    with patch.dict(os.environ, environment), redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    texts = [stream.detach().getvalue().decode("utf-8") for stream in (out, err)]  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(words, code or 0, *texts)
