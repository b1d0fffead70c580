"""What the machine, its network and the mail server say, for `preflight`: the only module that asks them."""

import http.client
import http.server
import os
import re
import secrets
import shutil
import smtplib
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from requests_app.core import dns_text

WAIT_S = 10
DNS_WAIT_S = 3.0


class ThisMachine:
    def release(self) -> dict[str, str]:
        """/etc/os-release: ID, VERSION_ID, PRETTY_NAME …"""
        with suppress(OSError):
            lines = Path("/etc/os-release").read_text().splitlines()
            return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}
        return {}

    def is_root(self) -> bool:
        return os.geteuid() == 0

    def memory_bytes(self) -> int:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

    def free_bytes(self, folder: str) -> int:
        """Where the folder is or will be."""
        path = Path(folder)
        while not path.exists():
            path = path.parent
        return shutil.disk_usage(path).free

    def has_systemd(self) -> bool:
        return Path("/run/systemd/system").is_dir()

    def listener(self, port: int) -> str | None:
        """The name of the program that listens on a TCP port; "" if that can't be seen."""
        inodes = set(_listening(port))
        if not inodes:
            return None
        for folder in Path("/proc").glob("[0-9]*/fd"):
            with suppress(OSError):
                for entry in folder.iterdir():
                    with suppress(OSError):
                        if os.readlink(entry).removeprefix("socket:[").removesuffix("]") in inodes:
                            return (folder.parent / "comm").read_text().strip()
        return ""

    def clock_off_s(self) -> float | None:
        """How far this clock is from that of the server that the packages come from; None if it doesn't answer."""
        for url in map(urlsplit, _package_servers()):
            kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
            with suppress(OSError, http.client.HTTPException), closing(kind(url.netloc, timeout=WAIT_S)) as connection:
                connection.request("HEAD", url.path or "/")
                if date := connection.getresponse().headers["Date"]:
                    return time.time() - parsedate_to_datetime(date).timestamp()
        return None

    def addresses(self, host: str) -> list[str]:
        """What the name resolves to."""
        with suppress(OSError):
            return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
        return []

    def own_addresses(self) -> set[str]:
        own = set()
        with suppress(OSError):
            for line in Path("/proc/net/fib_trie").read_text().split("\n\n"):
                own |= set(re.findall(r"\|-- (\S+)\n\s+/32 host LOCAL", line))
        with suppress(OSError):
            for line in Path("/proc/net/if_inet6").read_text().splitlines():
                own.add(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(line.split()[0])))
        return own

    def answers_for(self, host: str) -> bool:
        """Whether http://host/ comes out here: behind a router, the name's address isn't one of this machine."""
        secret = secrets.token_urlsafe(16).encode()
        try:
            server = _OneAnswer(secret)
        except OSError:  # the port is in use
            return False
        with closing(server):
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(host, 80, timeout=5)
                with closing(connection):
                    connection.request("GET", "/")
                    return connection.getresponse().read(100) == secret
        return False

    def can_connect(self, host: str, port: int) -> bool:
        with suppress(OSError), socket.create_connection((host, port), timeout=WAIT_S):
            return True
        return False

    def txt(self, name: str) -> list[str] | None:
        """The TXT records of a name; None if no server answers."""
        try:
            return dns_text.records(name, timeout_s=DNS_WAIT_S)
        except dns_text.Unanswered:
            return None

    def mail_problem(self, url: str) -> str | None:
        """What the mail server says to a sign-in, if that isn't yes. url: as EMAIL_URL."""
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "smtp+ssl"
        port = parts.port or (465 if secure else 587 if parts.scheme == "smtp+tls" else 25)
        try:
            context = ssl.create_default_context()
            server = (
                smtplib.SMTP_SSL(host, port, timeout=WAIT_S, context=context)
                if secure
                else smtplib.SMTP(host, port, timeout=WAIT_S)
            )
            with server:
                if parts.scheme == "smtp+tls":
                    server.starttls(context=context)
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                else:
                    server.ehlo_or_helo_if_needed()
        except smtplib.SMTPResponseException as error:
            text = (
                error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
            )
            return f"{error.smtp_code} {text}".strip()
        except (OSError, smtplib.SMTPException) as error:
            return str(error) or type(error).__name__
        return None

    def certificate_problem(self, certificate: str, key: str, host: str) -> str | None:
        """Why nginx or a browser would refuse them, in a sentence."""
        for path in (certificate, key):
            if not os.access(path, os.R_OK):
                return f"{path} can't be read."
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            return f"{certificate} and {key} don't belong together, or aren't PEM files ({getattr(error, 'reason', error)})."
        openssl = ["openssl", "x509", "-noout", "-in", certificate]
        named = subprocess.run([*openssl, "-checkhost", host], capture_output=True, text=True)
        if "does match" not in named.stdout:
            return f"{certificate} is for another name than {host}."
        if subprocess.run([*openssl, "-checkend", "86400"], capture_output=True).returncode:
            return f"{certificate} has expired, or will today."
        return None


class _OneAnswer(http.server.ThreadingHTTPServer):
    """Answers everything on port 80 with one secret."""

    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET

    def __init__(self, secret: bytes) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(secret)

            def log_message(self, format: str, *args: object) -> None:
                pass

        super().__init__(("", 80), Handler)

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def close(self) -> None:
        self.shutdown()
        self.server_close()


def _listening(port: int) -> Iterator[str]:
    """The inodes of sockets that listen on this port, from the tables of the kernel."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _package_servers() -> list[str]:
    """http and https addresses in apt's lists of sources."""
    urls = []
    for path in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        with suppress(OSError, UnicodeDecodeError):
            urls += re.findall(r"^[^#\n]*?(https?://[^\s\]]+)", path.read_text(), re.MULTILINE)
    return list(dict.fromkeys(urls))[:2]
