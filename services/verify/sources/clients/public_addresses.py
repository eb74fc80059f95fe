"""Connections that lead to public addresses only: what a publisher's address means is looked up once, checked, and the
checked address is the one connected to. So neither a redirect nor a name that means something else a moment later leads
into the networks behind this service. Names and addresses that the settings allow are let through.
"""

import ipaddress
import socket
from collections.abc import Collection
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# NAT64: an IPv4 address in its last four bytes, which may be anybody's.
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class AddressNotAllowed(ValueError):
    """The host's address is not a public one, and no setting allows it. Not an OSError: it is never tried again."""


def is_public(text: str) -> bool:
    """Whether an IP address may be anybody's on the Internet: not loopback, private, link-local, reserved, multicast.

    An IPv6 address that stands for an IPv4 address is public if that one is.
    """
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in TRANSLATED:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            address = inner
        elif address.is_site_local or int(address) < 1 << 32:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def hosts_of(setting: str) -> frozenset[str]:
    """`host[:port],host[:port]…` as a set."""
    return frozenset(name.strip().lower() for name in setting.split(",") if name.strip())


def checked_addresses(host: str, port: int, allowed: Collection[str]) -> list[str]:
    """The addresses of a host, each of them public, unless the host is allowed. Raises AddressNotAllowed, OSError."""
    name = host.strip("[]").rstrip(".").lower()
    found = list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)))
    if not {name, f"{name}:{port}"} & set(allowed) and not all(map(is_public, found)):
        raise AddressNotAllowed(name)
    return found


class PublicOnlyAdapter(HTTPAdapter):
    """An adapter of requests whose every connection, of every hop and every attempt, is checked as it is made."""

    def __init__(self, allowed: Collection[str] = (), **options: Any) -> None:
        self.allowed = allowed
        super().__init__(**options)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """As the parent, with pools of checked connections."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, HTTPConnection, self.allowed),
            "https": _pool(HTTPSConnectionPool, HTTPSConnection, self.allowed),
        }


def _pool(pool: Any, connection: Any, allowed: Collection[str]) -> Any:
    """A class of pools whose connections are made to a checked address; certificates are for the name, as ever."""

    class Checked(connection):
        def _new_conn(self) -> socket.socket:
            try:
                addresses = checked_addresses(self._dns_host, self.port, allowed)
            except socket.gaierror as error:
                raise NameResolutionError(self.host, self, error) from error
            failure: OSError | None = None
            for address in addresses:
                try:
                    return create_connection(
                        (address, self.port),
                        self.timeout,
                        source_address=self.source_address,
                        socket_options=self.socket_options,
                    )
                except OSError as error:
                    failure = error
            raise NewConnectionError(self, f"no address answers: {type(failure).__name__}") from failure

    return type(f"Checked{pool.__name__}", (pool,), {"ConnectionCls": Checked})
