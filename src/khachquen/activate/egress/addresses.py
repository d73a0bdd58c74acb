"""Which addresses may be called. Pure, but for the look-up a caller hands in.

The internet may; what is inside the house may not, unless the operator named the network
(``egress.inside``). Where a cloud keeps its machines' secrets nobody may, named or not.
"""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from khachquen.base import InputError, Text

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]
_LONGEST = 500
_METADATA = tuple(
    map(ip_network, ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32"))
)
_NAT64 = IPv6Network("64:ff9b::/96")
_NEVER_V6 = tuple(map(IPv6Network, ("64:ff9b:1::/48", "::/96", "2001::/32", "fec0::/10")))
_PLAIN = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Rules:
    """``inside`` are networks of the house that may be called beside the internet.

    Raises:
        InputError: one of them is no network (``egress.no_network``).
    """

    inside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for told in self.inside:
            try:
                ip_network(told)
            except ValueError:
                raise _no_network(told) from None

    def names(self, address: Address) -> bool:
        """Whether the operator named a network it is in."""
        return any(
            address in network
            for network in map(ip_network, self.inside)
            if network.version == address.version
        )


def refuse_reason(told: str, rules: Rules) -> str:
    """Why an address (digits, no name) may not be connected to; empty: it may.

    What is packed into another address counts as what it is: ``::ffff:10.0.0.1`` is inside.

    >>> refuse_reason("93.184.216.34", Rules()), refuse_reason("::ffff:10.0.0.1", Rules())
    ('', 'inside')
    >>> refuse_reason("169.254.169.254", Rules(("169.254.0.0/16",)))
    'metadata'
    """
    try:
        address = _unpacked(ip_address(told.partition("%")[0]))
    except ValueError:
        return "inside"
    if any(address in network for network in _METADATA if network.version == address.version):
        return "metadata"
    if isinstance(address, IPv6Address) and any(address in network for network in _NEVER_V6):
        return "" if address.is_loopback and rules.names(address) else "inside"
    if address.is_global and not address.is_multicast:
        return ""
    return "" if rules.names(address) else "inside"


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as the machine resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def read_url(told: str, rules: Rules, *, resolve: Resolve = look_up) -> str:
    """The address as it will be called, looked over and resolved once.

    https only; plain http where the host is this very machine and the operator allows it.

    Raises:
        InputError: it cannot be called, or may not (``egress.*``), at path ``url``.
    """
    told = told.strip()
    parts, port = _parts(told)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("https", "http") or not host:
        raise _no_https()
    if parts.scheme == "http" and host not in _PLAIN:
        raise _no_https()
    if parts.username is not None or parts.fragment or "@" in parts.netloc:
        raise _unreadable()
    find_host(host, port, rules, resolve=resolve)
    return told


def find_host(host: str, port: int, rules: Rules, *, resolve: Resolve = look_up) -> list[str]:
    """The digits behind a name, every one of which may be connected to.

    Raises:
        InputError: nobody is there (``egress.nowhere``), or one of them is inside
            (``egress.inside``): a name that leads to both is not trusted at all.
    """
    try:
        addresses = list(dict.fromkeys(resolve(host, port)))
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise _nowhere(host)
    if any(refuse_reason(address, rules) for address in addresses):
        raise _inside(host)
    return addresses


def _parts(told: str) -> tuple[SplitResult, int]:
    if not told or len(told) > _LONGEST or any(c.isspace() or not c.isprintable() for c in told):
        raise _unreadable()
    try:
        parts = urlsplit(told)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        assert parts.hostname is None or parts.hostname.encode("idna")
    except (ValueError, UnicodeError):
        raise _unreadable() from None
    if "\\" in told:
        raise _unreadable()
    return parts, port


def _unpacked(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour if address.sixtofour is not None else address


def _no_https() -> InputError:
    return InputError(
        "egress.no_https",
        Text(vi="Địa chỉ phải bắt đầu bằng https://.", en="The address must begin with https://."),
        path="url",
        hint=Text(
            vi="Ví dụ: https://kho.example/khachquen",
            en="For example: https://stock.example/khachquen",
        ),
    )


def _unreadable() -> InputError:
    return InputError(
        "egress.unreadable",
        Text(vi="Không đọc được địa chỉ này.", en="This address cannot be read."),
        path="url",
        hint=Text(
            vi="Không ghi tên, mật khẩu, khoảng trắng hay phần sau dấu #.",
            en="Leave out names, passwords, spaces and anything behind a #.",
        ),
    )


def _nowhere(host: str) -> InputError:
    return InputError(
        "egress.nowhere",
        Text(
            vi=f"Không tìm thấy máy chủ {host[:100]!r}.",
            en=f"No server {host[:100]!r} was found.",
        ),
        path="url",
        hint=Text(vi="Xem lại chính tả của địa chỉ.", en="See whether the name is spelt right."),
    )


def _inside(host: str) -> InputError:
    return InputError(
        "egress.inside",
        Text(
            vi=f"{host[:100]!r} là máy trong mạng nội bộ nên không được gọi.",
            en=f"{host[:100]!r} is a machine inside the house, which is not called.",
        ),
        path="url",
        hint=Text(
            vi="Người quản trị máy chủ có thể cho phép mạng ấy bằng thiết lập egress.inside.",
            en="Whoever runs the server may allow its network with the setting egress.inside.",
        ),
    )


def _no_network(told: str) -> InputError:
    return InputError(
        "egress.no_network",
        Text(vi=f"{told[:60]!r} không phải là một mạng.", en=f"{told[:60]!r} is no network."),
        path="egress.inside",
        hint=Text(vi="Ví dụ: 192.168.10.0/24", en="For example: 192.168.10.0/24"),
    )
