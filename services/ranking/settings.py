"""What ranking's processes read from their environment."""

from dataclasses import dataclass
from pathlib import Path

from shared.plumbing.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class RankingSettings(ServiceSettings):
    """Settings of the scoring processes; DATABASE_URL is that of the role `ranking_scoring`."""

    # An unencrypted Ed25519 PEM, readable by this process only: it signs editions.
    edition_key_file: Path


@dataclass(frozen=True, kw_only=True)
class BallotSettings(ServiceSettings):
    """Settings of the ballot process; DATABASE_URL is that of the role `ranking_voting`."""

    # A folder outside the database, readable by this process only: the private keys of open boxes.
    box_key_dir: Path
