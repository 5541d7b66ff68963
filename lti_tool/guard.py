"""Where outgoing requests may lead. Platforms and strangers name the addresses, so they lead to public ones only:
otherwise anybody could have this server ask its neighbours (server-side request forgery).

The name is resolved and every address behind it is judged at the moment of connecting, and the connection is made to
an address that was judged, so a name that changes its mind in between leads nowhere else. requests-hardened judges
only the first address and lets carrier-grade NAT and multicast through.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from lti_tool.settings import Settings

Resolve = Callable[[str, int], Sequence[str]]

# https://www.iana.org/assignments/ipv6-address-space: all that is given out for use across the Internet so far.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Stands for the IPv4 address in its last 32 bits. https://www.rfc-editor.org/rfc/rfc6052
_NAT64 = IPv6Network("64:ff9b::/96")
# Special purposes which the standard library takes for global, or did until recently: protocol assignments, 6to4 and
# its relays, Teredo, documentation.
_SPECIAL = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/23"),
    IPv6Network("2002::/16"),
    IPv6Network("3fff::/20"),
)


class AddressRefused(Exception):
    """The message says why, and names at most the host."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of the host, as text, best first. Raises OSError, and UnicodeError for what is no host name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_kind, address in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Without arguments the strict one. `internal_hosts` are names in lower case that the administrator vouches for:
    they may have private addresses and speak plain http."""

    development: bool = False
    internal_hosts: frozenset[str] = frozenset()
    resolve: Resolve = resolve

    @classmethod
    def of(cls, settings: Settings) -> Guard:
        return cls(settings.development, settings.internal_hosts)

    def check_scheme(self, url: str) -> None:
        """Raises `AddressRefused` for anything but https, or http where that will do."""
        try:
            # Sees the host where the connection will: others see another one in "http://one\\@two/".
            parts = parse_url(url.strip())
        except LocationParseError as error:
            raise AddressRefused("that is no address") from error
        allowed = ("https", "http") if self._trusts(parts.hostname or "") else ("https",)
        if parts.scheme not in allowed:
            raise AddressRefused(f"the address must begin with {' or '.join(f'{scheme}://' for scheme in allowed)}")

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """Where to connect to. Raises `AddressRefused` if any of the host's addresses is not public."""
        found = self.resolve(host, port)
        if not self._trusts(host) and not all(is_public(address) for address in found):
            raise AddressRefused(f"{host} is not on the public Internet")
        return found

    def _trusts(self, host: str) -> bool:
        return self.development or host.lower().rstrip(".") in self.internal_hosts


def is_public(address: str) -> bool:
    """Whether an address is one of a single machine on the public Internet."""
    try:
        return _is_public(ip_address(address))
    except ValueError:
        return False


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return _is_public(inner)
        if address not in _GLOBAL_UNICAST or address.scope_id:
            return False
    special = any(address in network for network in _SPECIAL if network.version == address.version)
    return address.is_global and not address.is_multicast and not special


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that this one leads to: mapped, or by way of a NAT64 gateway."""
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped
