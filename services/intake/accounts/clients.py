"""Password hashes by argon2."""

import threading
import uuid

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class ArgonPasswords:
    """argon2id: 19 MiB, two passes, one lane (OWASP's first choice; about 25 ms)."""

    def __init__(self, time_cost: int = 2, memory_kib: int = 19 * 1024) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        # What an unknown account is compared with, so that it takes as long as a known one.
        self._nobody = self._hasher.hash(uuid.uuid4().hex)
        # Many sign-ins at once must not add up to all the memory there is.
        self._turns = threading.BoundedSemaphore(4)

    def hash(self, password: str) -> str:
        """A fresh salted hash, with its parameters in it."""
        with self._turns:
            return self._hasher.hash(_bytes(password))

    def is_right(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; False for None after the same work."""
        with self._turns:
            try:
                return self._hasher.verify(stored or self._nobody, _bytes(password)) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_old(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
