"""Network addresses without the part that names one household."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

_KEY = rb'"(?:\$?ip|ip_?[aA]ddress|remote_?[aA]ddr)"\s*:\s*"'
_ADDRESS = re.compile(rb"(" + _KEY + rb")([0-9a-fA-F.:,\[\]% ]{2,200})(?=\")")
KEYS = ("ip", "$ip", "ip_address", "ipAddress", "remote_addr", "remoteAddr")
"""What messages call the address of a device."""


@lru_cache(maxsize=16_384)
def shorten_address(address: str) -> str:
    """An IPv4 address without its last octet, an IPv6 address without all but its first 48 bits.

    Of a list, as proxies write it, each one. What has dots or colons and is no address comes back
    empty, as nothing of it can be kept for sure; other words stay.

    >>> shorten_address("203.0.113.9"), shorten_address("2402:800:62cd:d2df:cddf:bb7d:f3d7:7390")
    ('203.0.113.0', '2402:800:62cd::')
    >>> shorten_address("203.0.113.9:443, 10.1.2.3"), shorten_address("203.0.113.9.vn")
    ('203.0.113.0, 10.1.2.0', '')
    """
    if "." not in address and ":" not in address:
        return address
    try:
        return ", ".join(_shorten(one.strip()) for one in address.split(","))
    except ValueError:
        return ""


def hide_addresses(raw: bytes) -> bytes:
    """A message as it came, with the addresses of devices in it shortened.

    For bytes nobody has read yet, and may never be able to: it goes by the names of fields, and
    costs next to nothing where there is none.
    """
    if b'ip"' not in raw and b"ddr" not in raw:
        return raw
    return _ADDRESS.sub(_shortened, raw)


def _shorten(address: str) -> str:
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, IPv4Address):
        return str(IPv4Address(int(found) >> 8 << 8))
    return str(IPv6Address(int(found) >> 80 << 80))


def _shortened(found: re.Match[bytes]) -> bytes:
    return found[1] + shorten_address(found[2].decode()).encode()
