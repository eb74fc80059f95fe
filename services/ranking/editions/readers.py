"""The key that signs editions, from its file."""

from pathlib import Path

from services.ranking.editions.rules.keys import SigningKey, signing_key


def load_edition_key(path: Path) -> SigningKey:
    """The key of an unencrypted PKCS #8 PEM. Raises OSError or UnusableKeyError."""
    return signing_key(path.read_bytes())
