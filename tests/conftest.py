"""Rules for every test: no socket leaves this machine, and no TIMELINE_ setting of the shell leaks in.

The guard is session-wide, so it covers servers and fixtures that outlive one test. It sees this process only;
the browser has a rule of its own (scripts/stage.py).
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# A slow moment of a busy machine is no failure; the rest stays as hypothesis chooses, here and under CI.
settings.register_profile("no deadline", parent=settings.default, deadline=None)
settings.load_profile("no deadline")


class LeftTheMachine(RuntimeError):
    """A test reached beyond loopback. Not an OSError, so that no code takes it for a lost connection."""


def is_loopback(host: object) -> bool:
    """Tell whether a host of a socket address is this machine: an address of loopback, or localhost."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str):
        return False
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback


def refuse_outside(sock: socket.socket, address: Any) -> None:
    """Raise LeftTheMachine unless the address is a Unix socket's or on loopback."""
    if sock.family == getattr(socket, "AF_UNIX", None):
        return
    if sock.family in (socket.AF_INET, socket.AF_INET6) and is_loopback(address[0]):
        return
    raise LeftTheMachine(f"a test reached for {address!r}: tests stay on loopback")


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse every connection, datagram and name look-up that would leave the machine."""
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse_outside(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse_outside(self, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *flags_and_address: Any) -> int:
        refuse_outside(self, flags_and_address[-1])
        return sendto(self, data, *flags_and_address)

    def guarded_getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
        # None and "" stand for this machine; a numeric address needs no look-up, and connect judges it.
        if host and not is_loopback(host) and not options.get("flags", 0) & socket.AI_NUMERICHOST:
            raise LeftTheMachine(f"a test looked up {host!r}: tests stay on loopback")
        return getaddrinfo(host, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_the_shell() -> Iterator[None]:
    """Take the developer's TIMELINE_ settings out of the environment, but for where Chromium is."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith("TIMELINE_") and name != "TIMELINE_CHROMIUM":
                patch.delenv(name)
        yield
