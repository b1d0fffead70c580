"""Asks the machine's DNS server for TXT records, which Python's own library doesn't."""

import secrets
import socket
import struct
from pathlib import Path

RESOLV_CONF = Path("/etc/resolv.conf")
TXT, WAIT_S = 16, 3.0


def txt(name: str, *, resolv_conf: Path = RESOLV_CONF, port: int = 53) -> list[str] | None:
    """The TXT records of a name; None if no server answers, and none if there is no such name."""
    number = secrets.randbelow(65536)
    labels = b"".join(bytes([len(label)]) + label for label in name.encode("idna").split(b"."))
    question = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + struct.pack(">BHH", 0, TXT, 1)
    for server in _servers(resolv_conf):
        try:
            return _records(_ask(server, port, question), number)
        except (OSError, ValueError, IndexError, struct.error):
            continue
    return None


def _servers(resolv_conf: Path) -> list[str]:
    try:
        lines = resolv_conf.read_text().splitlines()
    except OSError:
        return []
    return [parts[1] for line in lines if len(parts := line.split()) > 1 and parts[0] == "nameserver"]


def _ask(server: str, port: int, question: bytes) -> bytes:
    """By UDP, and by TCP where the answer is too long for that."""
    family, _, _, _, address = socket.getaddrinfo(server, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(WAIT_S)
        client.sendto(question, address)
        answer = client.recv(4096)
    if not answer[2] & 0x02:
        return answer
    with socket.create_connection((server, port), timeout=WAIT_S) as stream:
        stream.sendall(struct.pack(">H", len(question)) + question)
        with stream.makefile("rb") as file:
            (length,) = struct.unpack(">H", file.read(2))
            return file.read(length)


def _records(answer: bytes, number: int) -> list[str]:
    answered, flags, questions, count = struct.unpack(">HHHH", answer[:8])
    code = flags & 0x0F
    if answered != number or code not in (0, 3):
        raise ValueError("no answer to this question")
    at = 12
    for _ in range(questions):
        at = _after_name(answer, at) + 4
    records = []
    for _ in range(count):
        at = _after_name(answer, at)
        kind, _, _, length = struct.unpack(">HHIH", answer[at : at + 10])
        at += 10
        if kind == TXT:
            records.append(_text(answer[at : at + length]))
        at += length
    return records


def _after_name(answer: bytes, at: int) -> int:
    while answer[at]:
        if answer[at] >= 0xC0:
            return at + 2
        at += answer[at] + 1
    return at + 1


def _text(data: bytes) -> str:
    """The pieces of a record, each with its length in front, as one."""
    pieces = []
    while data:
        pieces.append(data[1 : data[0] + 1])
        data = data[data[0] + 1 :]
    return b"".join(pieces).decode(errors="replace")
