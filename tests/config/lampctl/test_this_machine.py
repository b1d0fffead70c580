"""What the machine, its network and the mail server say, asked for real."""

import os
import socket
import subprocess
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from config.lampctl import this_machine
from config.lampctl.this_machine import ThisMachine
from requests_app.core import dns_text

MACHINE = ThisMachine()


def test_a_listener_is_named_by_its_program() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        assert MACHINE.listener(port) is None
        server.listen()
        mine = Path(f"/proc/{os.getpid()}/comm").read_text().strip()
        assert MACHINE.listener(port) == mine


def test_its_own_addresses_and_memory_are_known() -> None:
    assert "127.0.0.1" in MACHINE.own_addresses()
    assert "127.0.0.1" in MACHINE.addresses("localhost")
    assert MACHINE.addresses("nobody.invalid") == []
    assert MACHINE.memory_bytes() > 10**8
    assert MACHINE.free_bytes("/nowhere/at/all") == pytest.approx(MACHINE.free_bytes("/"), rel=0.1)


def certificate(folder: Path, host: str, days: str = "30") -> tuple[str, str]:
    path, key = folder / f"{host}{days}.pem", folder / f"{host}{days}.key"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", days]
    subject = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    subprocess.run(
        ["openssl", "req", "-x509", *kind, *subject, "-keyout", key, "-out", path], check=True, capture_output=True
    )
    return str(path), str(key)


def test_a_certificate_is_refused_for_another_name_another_key_and_its_end(tmp_path: Path) -> None:
    good, key = certificate(tmp_path, "311.example.gov")
    other, other_key = certificate(tmp_path, "www.example.gov")
    ends, its_key = certificate(tmp_path, "311.example.gov", days="1")
    host = "311.example.gov"
    assert MACHINE.certificate_problem(good, key, host) is None
    assert "is for another name than 311.example.gov" in str(MACHINE.certificate_problem(other, other_key, host))
    assert "don't belong together" in str(MACHINE.certificate_problem(good, other_key, host))
    assert "has expired, or will today" in str(MACHINE.certificate_problem(ends, its_key, host))
    assert "can't be read" in str(MACHINE.certificate_problem(good, str(tmp_path / "nothing"), host))


@pytest.mark.parametrize(("password", "says"), [("right one", None), ("wrong", "535")])
def test_the_mail_servers_answer_to_a_sign_in(password: str, says: str | None) -> None:
    def check(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=getattr(data, "password", b"") == b"right one", handled=False)

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    controller = Controller(object(), "127.0.0.1", port, authenticator=check, auth_require_tls=False)
    controller.start()
    try:
        problem = MACHINE.mail_problem(f"smtp://una:{password.replace(' ', '%20')}@127.0.0.1:{port}")
        # It speaks no TLS.
        assert "STARTTLS" in str(MACHINE.mail_problem(f"smtp+tls://una:x@127.0.0.1:{port}"))
    finally:
        controller.stop()
    assert (problem or "")[:3] == (says or "")
    assert "refused" in str(MACHINE.mail_problem(f"smtp://127.0.0.1:{port}"))


def test_a_name_server_that_is_away_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setattr(dns_text, "_own_servers", lambda: [nobody.getsockname()])
        monkeypatch.setattr(this_machine, "DNS_WAIT_S", 0.1)
        assert MACHINE.txt("example.gov") is None
