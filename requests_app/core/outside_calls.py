"""A POST to an address that somebody else named: never to a machine inside, never to where it redirects, never for long.

The name is looked up once. Each address it stands for is checked, and the connection goes to a checked address itself, so that a
second look-up can't lead elsewhere.
"""

import ipaddress
import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, LocationValueError
from urllib3.util import Timeout

CONNECT_S, READ_S = 3.0, 8.0
# Looking the name up and the whole call, however slowly the answer drips.
ALL_S = 10.0
ANSWER_READ = 1024
URL_MAX = 1000
ADDRESSES_TRIED = 2
# Networks in which an IPv4 address is written as IPv6: its last 32 bits.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What Python takes for the public internet and isn't: old IPv6 site addresses (RFC 3879), and the address at which Azure's own
# services answer each of its machines.
ALSO_INSIDE = (ipaddress.ip_network("fec0::/10"), ipaddress.ip_network("168.63.129.16/32"))
NAME = re.compile(r"[A-Za-z0-9._:\[\]-]{1,253}", re.ASCII)

T = TypeVar("T")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """It may not be called. code: not_a_url, not_https, inside, not_found."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class NoAnswer(Exception):
    """It was called, without an answer. code: timeout, tls, connection."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Place:
    """Where a URL leads: addresses that were checked. until: when a call there must be over, by time.monotonic()."""

    url: SplitResult
    port: int
    addresses: tuple[str, ...]
    until: float

    @property
    def left_s(self) -> float:
        return max(0.0, self.until - time.monotonic())


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, also of 2130706433 and 0x7f.1. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def within(seconds: float, function: Callable[[], T]) -> T:
    """What the function returns or raises. Raises TimeoutError if that takes longer; its thread then ends by itself.

    Nothing else bounds a look-up: the system's resolver asks each of its servers for seconds, several times.
    """
    done: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()

    def run() -> None:
        try:
            value = function()
        except BaseException as error:
            failed = error
            done.put(lambda: _raise(failed))
        else:
            done.put(lambda: value)

    threading.Thread(target=run, daemon=True).start()
    try:
        answer = done.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    return answer()


def _raise(error: BaseException) -> NoReturn:
    raise error


def place(url: str) -> Place:
    """Raises Refused, also if only one of the name's addresses is inside."""
    parts, until = _parts(url), time.monotonic() + ALL_S
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = within(ALL_S, lambda: look_up(parts.hostname or "", port))
    except (OSError, UnicodeError):
        raise Refused("not_found") from None
    if not addresses:
        raise Refused("not_found")
    if not all(may_be_called(address) for address in addresses):
        raise Refused("inside")
    return Place(parts, port, tuple(addresses[:ADDRESSES_TRIED]), until)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise Refused("not_a_url") from None
    if len(url) > URL_MAX or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Refused("not_a_url")
    if parts.scheme not in ("https", "http") or not parts.hostname or not NAME.fullmatch(parts.hostname):
        raise Refused("not_a_url")
    if parts.username is not None or parts.password is not None or parts.fragment or parts.port == 0:
        raise Refused("not_a_url")
    if parts.scheme != "https" and not settings.WEBHOOKS_TO_LOOPBACK:
        raise Refused("not_https")
    return parts


def may_be_called(address: str) -> bool:
    """Whether it is on the public internet. The demo and tests may call their own machine, too."""
    try:
        found = _as_ipv4(ipaddress.ip_address(address))
    except ValueError:
        return False
    if settings.WEBHOOKS_TO_LOOPBACK and found.is_loopback:
        return True
    inside = found.is_multicast or found.is_reserved or found.is_unspecified or found.is_link_local or found.is_private
    return found.is_global and not inside and not any(found in network for network in ALSO_INSIDE)


def _as_ipv4(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


def post(to: Place, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer. Raises NoAnswer."""
    for number, address in enumerate(to.addresses, start=1):
        try:
            return _post(to, address, body, headers)
        except NoAnswer as error:
            if error.code != "connection" or number == len(to.addresses):
                raise
    raise NoAnswer("connection")


def _post(to: Place, address: str, body: bytes, headers: Mapping[str, str]) -> int:
    target = (to.url.path or "/") + (f"?{to.url.query}" if to.url.query else "")
    # With the name's own port, as a browser would send it.
    sent = {**headers, "Host": to.url.netloc}
    if not to.left_s:
        raise NoAnswer("timeout")
    deadline = Deadline(to.until)
    timeout = Timeout(connect=min(CONNECT_S, to.left_s), read=READ_S)
    pool: HTTPConnectionPool
    if to.url.scheme == "https":
        name = to.url.hostname or ""
        pool = HTTPSConnectionPool(
            address, to.port, timeout=timeout, retries=False, server_hostname=name, assert_hostname=name
        )
    else:
        pool = HTTPConnectionPool(address, to.port, timeout=timeout, retries=False)
    pool.ConnectionCls = deadline.connection_class(to.url.scheme)
    try:
        response = pool.urlopen(
            "POST", target, body=body, headers=sent, redirect=False, preload_content=False, decode_content=False
        )
        # As much as a server may need to have read from it before it takes the call as done.
        response.read(ANSWER_READ)
        response.close()
        return int(response.status)
    except (HTTPError, LocationValueError, OSError, ValueError) as error:
        raise NoAnswer(_code_of(error, late=not to.left_s)) from error
    finally:
        deadline.end()
        pool.close()


def _code_of(error: Exception, *, late: bool) -> str:
    name = type(error).__name__
    if late or "Timeout" in name:
        return "timeout"
    return "tls" if "SSL" in name else "connection"


class Deadline:
    """Ends a call's connection at that time, whatever it is doing then: timeouts of single reads don't bound their sum."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.timer: threading.Timer | None = None
        self.watched: socket.socket | None = None

    def watch(self, connected: socket.socket) -> None:
        # A copy, since TLS takes the socket itself over.
        self.watched = connected.dup()
        self.timer = threading.Timer(max(0.0, self.until - time.monotonic()), self._cut)
        self.timer.daemon = True
        self.timer.start()

    def _cut(self) -> None:
        try:
            if self.watched is not None:
                self.watched.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def end(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if self.watched is not None:
            self.watched.close()

    def connection_class(self, scheme: str) -> Any:
        watch = self.watch
        base: Any = HTTPSConnection if scheme == "https" else HTTPConnection

        class Watched(base):
            def _new_conn(self) -> socket.socket:
                connected: socket.socket = super()._new_conn()
                watch(connected)
                return connected

        return Watched
