"""A line to a server of somebody else, for what is not HTTP: the same rules, no second look-up."""

import errno
import socket

from khachquen.activate.egress.addresses import Resolve, Rules, find_host, look_up
from khachquen.base import InputError


def dial(
    host: str, port: int, timeout_s: float, *, rules: Rules, resolve: Resolve = look_up
) -> socket.socket:
    """Connect to the first address of ``host`` that answers. What is connected to are the digits
    that were judged: a name that changes its mind in between gains nothing.

    Raises:
        OSError: nobody answers, or it may not be called at all (``EACCES``).
    """
    try:
        addresses = find_host(host, port, rules, resolve=resolve)
    except InputError as error:
        raise OSError(errno.EACCES, error.message.en) from error
    trouble: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout_s)
        except OSError as error:
            trouble = error
    assert trouble is not None
    raise trouble
