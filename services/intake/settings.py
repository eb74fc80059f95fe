"""Intake's settings; the environment is the only place they come from."""

from dataclasses import dataclass
from pathlib import Path

from shared.plumbing.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class IntakeSettings(ServiceSettings):
    """`evidence_dir`: the folder in which evidence is kept, outside the database; backed up with it."""

    evidence_dir: Path
