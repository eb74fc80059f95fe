"""What the offline commands share: faults on stderr in the terminal's language, files written whole or not at all."""

import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shared.contracts.refusals import BadInput, Fault, Refusal
from shared.contracts.sentences import Sentence, language_of_terminal, sentence

BAD_INPUT = 2  # exit status


def run(command: Callable[[], int]) -> int:
    """Runs a command; a refusal becomes one line per fault on stderr and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return command()
    except Refusal as refusal:
        language = language_of_terminal()
        for fault in refusal.faults or (Fault(refusal.said),):
            print(fault.in_language(language), file=sys.stderr)
        return BAD_INPUT


def say(message: Sentence, *, error: bool = False) -> None:
    """One sentence for the person at the terminal."""
    print(message.in_language(language_of_terminal()), file=sys.stderr if error else sys.stdout)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file that appears complete or not at all. Raises BadInput if it cannot be written."""
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write into that appears under its name when the block ends well. Raises BadInput as `write_whole`."""
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        message = sentence("The file cannot be written (%(why)s).", why=error.strerror or type(error).__name__)
        raise BadInput([Fault(message, file=str(path))]) from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
