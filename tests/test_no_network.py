"""The guard of conftest.py guards: connections, datagrams and look-ups beyond loopback are refused."""

from __future__ import annotations

import socket
import urllib.request

import pytest

# 192.0.2.0/24 and 2001:db8::/32 are set aside for examples: nothing is there even if a packet got out.
OUTSIDE = [
    (socket.AF_INET, ("192.0.2.1", 80)),
    (socket.AF_INET, ("outage.example", 80)),
    (socket.AF_INET6, ("2001:db8::1", 80)),
    (socket.AF_INET6, ("::ffff:192.0.2.1", 80)),
]


def refusal() -> pytest.RaisesExc[BaseException]:
    return pytest.raises(RuntimeError, match="tests stay on loopback")


@pytest.mark.parametrize("family, address", OUTSIDE)
def test_connections_beyond_loopback_are_refused(family: int, address: tuple[str, int]) -> None:
    with socket.socket(family) as sock:
        sock.settimeout(0.2)
        with refusal():
            sock.connect(address)
        with refusal():
            sock.connect_ex(address)


def test_datagrams_beyond_loopback_are_refused() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, refusal():
        sock.sendto(b"hello", ("192.0.2.1", 53))


def test_look_ups_and_what_is_built_on_them_are_refused() -> None:
    with refusal():
        socket.getaddrinfo("outage.example", 443)
    with refusal():
        urllib.request.urlopen("http://outage.example/", timeout=0.2)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=5) as client, server.accept()[0] as accepted:
            client.sendall(b"hello")
            assert accepted.recv(5) == b"hello"
