"""What verify's processes read from their environment."""

from dataclasses import dataclass

from shared.plumbing.settings import ServiceSettings

# A release is a table of figures; ten megabytes hold a hundred thousand rows.
LARGEST_RELEASE = 10 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class VerifySettings(ServiceSettings):
    """Verify's settings; names are the fields in capitals (see `shared.plumbing.settings`)."""

    # How long a screening holds its row before somebody else may take it; renewed while it computes.
    lease_seconds: float = 60.0
    # How many units' results one transaction writes, or a little more: clusters are not torn apart.
    screening_turn: int = 1000
    # Hosts (`name` or `name:port`, with commas between) that files may be fetched from although their addresses are not
    # public: a publisher inside the same network.
    fetch_allowed_hosts: str = ""
