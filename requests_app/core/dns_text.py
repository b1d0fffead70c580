"""TXT records of a domain, asked of this machine's own name servers, since Python's socket module can't.

`bin/install` uses it, too, before Django is installed.
"""

import secrets
import socket
import struct
from pathlib import Path

TXT, INTERNET, EDNS = 16, 1, 41
# So many bytes pass everywhere in one packet.
ANSWER_BYTES = 1232
NO_SUCH_NAME = 3
CUT_OFF = 0x02


class Unanswered(Exception):
    """No name server answered, or not in a way that can be read."""


def records(domain: str, *, timeout_s: float = 1.0, servers: list[tuple[str, int]] | None = None) -> list[str]:
    """Empty: the domain has none, or doesn't exist. servers: (address, port); None: those of /etc/resolv.conf.

    Raises Unanswered.
    """
    number = secrets.randbelow(65536)
    name = b"".join(bytes([len(label)]) + label for label in domain.encode("idna").split(b"."))
    question = struct.pack(">6H", number, 0x0100, 1, 0, 0, 1) + name + b"\0" + struct.pack(">2H", TXT, INTERNET)
    packet = question + struct.pack(">BHHIH", 0, EDNS, ANSWER_BYTES, 0, 0)
    for address, port in _own_servers() if servers is None else servers:
        try:
            return _read(_ask(address, port, packet, timeout_s), number)
        except (OSError, Unanswered, IndexError, struct.error):
            continue
    raise Unanswered(domain)


def _ask(address: str, port: int, packet: bytes, timeout_s: float) -> bytes:
    """By UDP, and by TCP where the answer is too long for that."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as connection:
        connection.settimeout(timeout_s)
        connection.connect((address, port))
        connection.send(packet)
        answer = connection.recv(65535)
    if not answer[2] & CUT_OFF:
        return answer
    with socket.create_connection((address, port), timeout=timeout_s) as stream, stream.makefile("rb") as file:
        stream.sendall(struct.pack(">H", len(packet)) + packet)
        (length,) = struct.unpack(">H", file.read(2))
        return file.read(length)


def _own_servers() -> list[tuple[str, int]]:
    try:
        lines = Path("/etc/resolv.conf").read_text().splitlines()
    except OSError:
        return []
    return [(line.split()[1].partition("%")[0], 53) for line in lines if line.startswith("nameserver ")][:2]


def _read(answer: bytes, number: int) -> list[str]:
    sent_number, flags, questions, answers = struct.unpack(">4H", answer[:8])
    code = flags & 0xF
    if sent_number != number or code not in (0, NO_SUCH_NAME):
        raise Unanswered(code)
    at = 12
    for _ in range(questions):
        at = _after_name(answer, at) + 4
    texts = []
    for _ in range(answers):
        at = _after_name(answer, at)
        kind, _class, _ttl, length = struct.unpack(">HHIH", answer[at : at + 10])
        at += 10
        if kind == TXT:
            texts.append(_text(answer[at : at + length]))
        at += length
    return texts


def _after_name(answer: bytes, at: int) -> int:
    while length := answer[at]:
        if length >= 0xC0:
            return at + 2
        at += length + 1
    return at + 1


def _text(content: bytes) -> str:
    """A record is one or more strings, each with its length before it."""
    parts, at = [], 0
    while at < len(content):
        parts.append(content[at + 1 : at + 1 + content[at]])
        at += content[at] + 1
    return b"".join(parts).decode("utf-8", "replace")
