"""TXT records of a domain, as a name server on this machine sends them."""

import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from requests_app.core import dns_text
from tests.live import ROOT

LONG = b"v=spf1 " + b"ip4:192.0.2.1 " * 15


@contextmanager
def answering(code: int, *records: bytes, is_cut_off: bool = False) -> Iterator[tuple[str, int]]:
    """A name server that answers one question, by TCP if it says by UDP that the answer is cut off."""
    with socket.create_server(("127.0.0.1", 0)) as streams, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
        packets.bind(streams.getsockname())
        packets.settimeout(10)
        streams.settimeout(10)

        def answer() -> None:
            question, client = packets.recvfrom(512)
            end = question.index(b"\0", 12) + 5
            pieces = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, len(data)) + data for data in records)

            def message(flags: int, count: int) -> bytes:
                return question[:2] + struct.pack(">5H", 0x8180 | flags | code, 1, count, 0, 0) + question[12:end]

            if not is_cut_off:
                packets.sendto(message(0, len(records)) + pieces, client)
                return
            packets.sendto(message(0x0200, 0), client)
            stream, _ = streams.accept()
            with stream:
                (length,) = struct.unpack(">H", stream.recv(2))
                assert stream.recv(length) == question
                whole = message(0, len(records)) + pieces
                stream.sendall(struct.pack(">H", len(whole)) + whole)

        thread = threading.Thread(target=answer)
        thread.start()
        yield streams.getsockname()
        thread.join()


def test_records_come_whole_and_a_name_that_does_not_exist_has_none() -> None:
    with answering(0, b"\x06v=spf1\x05 -all", b"\x02ok") as server:
        assert dns_text.records("example.gov", servers=[server]) == ["v=spf1 -all", "ok"]
    with answering(3) as server:
        assert dns_text.records("example.gov", servers=[server]) == []


def test_what_is_too_long_for_a_packet_is_asked_for_by_tcp() -> None:
    with answering(0, bytes([len(LONG)]) + LONG, is_cut_off=True) as server:
        assert dns_text.records("example.gov", servers=[server]) == [LONG.decode()]


def test_a_server_that_fails_has_not_answered_and_the_next_one_is_asked() -> None:
    with answering(2) as failing, pytest.raises(dns_text.Unanswered):
        dns_text.records("example.gov", servers=[failing])
    with answering(2) as failing, answering(0, b"\x02ok") as well:
        assert dns_text.records("example.gov", servers=[failing, well]) == ["ok"]
    with pytest.raises(dns_text.Unanswered):
        dns_text.records("example.gov", servers=[])


def test_the_installer_can_use_it_before_anything_is_installed() -> None:
    code = (
        "import sys; from requests_app.core import dns_text; print([name for name in sys.modules if 'django' in name])"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
