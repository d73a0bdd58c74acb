"""Whose request it is: the socket's address, or what a proxy of our own says of it."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from khachquen.base import InputError, Text

Address = IPv4Address | IPv6Address


class Proxies:
    """The networks whose word is taken for whose request they pass on; nobody else's is."""

    def __init__(self, networks: Sequence[str]):
        try:
            self._networks = [ip_network(network, strict=False) for network in networks]
        except ValueError as error:
            raise InputError(
                "receive.bad_network",
                Text(vi=f"Dải mạng không đúng: {error}.", en=f"Not a network: {error}."),
                path="server.trusted_proxies",
                hint=Text(vi="Viết như 10.0.0.0/8.", en="Write it as 10.0.0.0/8."),
            ) from None

    def client_of(self, peer: str | None, forwarded_for: str) -> str | None:
        """The nearest address that is not a trusted proxy's.

        ``forwarded_for`` is read from the right, as each proxy adds the address it saw: what stands
        further left was written by somebody nobody vouches for.

        >>> own = Proxies(["10.0.0.0/8"])
        >>> own.client_of("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2")
        '203.0.113.9'
        >>> own.client_of("198.51.100.7", "6.6.6.6")
        '198.51.100.7'
        """
        if not self._networks or peer is None:
            return peer
        nearest = peer
        for said in reversed(forwarded_for.split(",")):
            if not self._trusts(_read(nearest)) or (address := _read(said)) is None:
                break
            nearest = str(address)
        return nearest

    def scheme_of(self, peer: str | None, scheme: str, headers: Mapping[str, str]) -> str:
        """``https`` when the nearest proxy of our own says that it was reached so."""
        if self._networks and peer is not None and self._trusts(_read(peer)):
            said = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
            return said if said in ("http", "https") else scheme
        return scheme

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def _read(text: str) -> Address | None:
    """An address as proxies write it: bare, in brackets, with a port."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def block_of(address: str) -> str:
    """What counts as one visitor's address: a whole /64 of IPv6, which one line is given.

    >>> block_of("2001:db8:1:2:aaaa::1"), block_of("203.0.113.9")
    ('2001:db8:1:2::', '203.0.113.9')
    """
    read = _read(address)
    if isinstance(read, IPv6Address):
        return str(IPv6Address(int(read) >> 64 << 64))
    return str(read) if read else address
