"""nginx as an installed city has it, in front of a server of the test and of none."""

import json
import os
import re
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from config.lampctl import nginx, shell, tls
from config.lampctl.answers import completed
from config.lampctl.place import Place
from config.lampctl.shell import Refusal
from config.stack.machine import on_sbin

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "deploy/nginx"
HOST = "311.example.gov"
ANSWERS = completed(
    {"HOST": HOST, "ADMIN_EMAIL": "una@example.gov", "EMAIL_URL": "none", "BACKUP_TO": "none", "TLS": "self-signed"}
)
PROGRAM = on_sbin("nginx") or "nginx"
SLOW_CLIENTS = 60


@dataclass
class Nginx:
    place: Place
    http: int
    https: int

    def get(
        self, path: str, *, host: str = HOST, secure: bool = True, method: str = "GET", **headers: str
    ) -> HTTPResponse:
        connection: HTTPConnection
        if secure:
            context = ssl.create_default_context(cafile=str(tls.folder(self.place) / "fullchain.pem"))
            context.check_hostname = False
            connection = HTTPSConnection("127.0.0.1", self.https, timeout=20, context=context)
        else:
            connection = HTTPConnection("127.0.0.1", self.http, timeout=20)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Host": host, **names})
        return connection.getresponse()

    def write(self, name: str, content: str) -> None:
        path = self.place.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


class Behind(BaseHTTPRequestHandler):
    """Says what it was sent; /busy/ is its own 503."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = f"{self.path}\n{self.headers}".encode()
        self.send_response(503 if self.path == "/busy/" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *args: Any) -> None:
        pass


class Server(socketserver.ThreadingUnixStreamServer):
    # nginx keeps its connections for a minute.
    daemon_threads, block_on_close = True, False


def free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Nginx]:
    """Our files with the folders and ports of the test, and another site, which was there before. param: other answers."""
    answers = {**ANSWERS, **getattr(request, "param", {})}
    place = Place(tmp_path)
    for folder in (place.settings, place.run, place.data / "away", place.data / "static", tmp_path / "logs"):
        folder.mkdir(parents=True)
    http, https = free_port(), free_port()
    tls.prepare(place, ANSWERS)
    replaced = {
        "/var/lib/lamplighter": str(place.data),
        "/run/lamplighter/web.sock": str(place.run / "web.sock"),
        "/etc/lamplighter/tls": str(place.settings / "tls"),
        "/var/log/nginx": str(tmp_path / "logs"),
        "snippets/": f"{tmp_path}/",
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ssl;": f"listen 127.0.0.1:{https} ssl;",
    }
    other = f'server {{ listen 127.0.0.1:{http} default_server; location / {{ return 200 "the other site"; }} }}\n'
    files = {"site.conf": nginx.text(SOURCES, answers, ipv6=False) + other}
    files |= {path.name: (SOURCES / name).read_text() for path, name in nginx.SNIPPETS.items()}
    for name, content in files.items():
        mine = content
        for old, new in replaced.items():
            mine = mine.replace(old, new)
        (tmp_path / name).write_text(mine)
    modules = "include /etc/nginx/modules-enabled/*.conf;\n" if Path("/etc/nginx/modules-enabled").is_dir() else ""
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"{modules}user root; daemon off; worker_processes 1; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log;\n"
        "events { worker_connections 512; }\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; include {tmp_path}/site.conf; }}\n"
    )
    process = subprocess.Popen([PROGRAM, "-c", str(main), "-e", str(tmp_path / "error.log")])
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", http)) == 0:
                    break
            time.sleep(0.02)
        yield Nginx(place, http, https)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def behind(server: Nginx) -> Iterator[None]:
    path = server.place.run / "web.sock"
    with Server(str(path), Behind) as backend:
        path.chmod(0o777)
        threading.Thread(target=backend.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield
        backend.shutdown()
    path.unlink()


def text(response: HTTPResponse) -> str:
    return response.read().decode()


def test_what_answers_behind_it_is_passed_on_with_who_the_client_is(server: Nginx) -> None:
    with behind(server):
        answer = text(server.get("/map/?q=1", X_Forwarded_For="203.0.113.1", X_Forwarded_Proto="http"))
        assert answer.startswith("/map/?q=1\n")
        for line in (f"Host: {HOST}", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: https"):
            assert line in answer
        assert re.search(r"X-Request-Id: [0-9a-f]{32}\n", answer)
        busy = server.get("/busy/")
        assert (busy.status, text(busy).splitlines()[0]) == (503, "/busy/")
        assert server.get("/metrics").status == 404


def test_plain_http_leads_to_https_and_other_sites_stay(server: Nginx) -> None:
    moved = server.get("/map/?q=1", secure=False)
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{HOST}/map/?q=1")
    server.write("acme/.well-known/acme-challenge/token", "the answer")
    assert text(server.get("/.well-known/acme-challenge/token", secure=False)) == "the answer"
    assert text(server.get("/", host="www.example.gov", secure=False)) == "the other site"


@pytest.mark.parametrize("server", [{"TLS": "proxy", "PROXIES": "127.0.0.1,::1"}], indirect=True)
def test_a_proxy_in_front_says_who_the_client_is(server: Nginx) -> None:
    with behind(server):
        passed_on = {"X_Forwarded_For": "198.51.100.9, 203.0.113.1", "X_Forwarded_Proto": "https"}
        answer = text(server.get("/map/", secure=False, **passed_on))
        # The last address is the proxy's word; what is in front of it, the client wrote.
        assert "X-Forwarded-For: 203.0.113.1\n" in answer.replace("\r", "")
        assert "X-Forwarded-Proto: https" in answer


@pytest.mark.parametrize("server", [{"TLS": "proxy", "PROXIES": "192.0.2.1"}], indirect=True)
def test_who_is_no_proxy_may_not_say_who_the_client_is(server: Nginx) -> None:
    with behind(server):
        answer = text(server.get("/map/", secure=False, X_Forwarded_For="203.0.113.1"))
        assert "X-Forwarded-For: 127.0.0.1" in answer
        assert "X-Forwarded-Proto: http\n" in answer.replace("\r", "")


CASES = [
    # The language of the address, then the browser's, then the city's first.
    ("/", "es-MX,en;q=0.8", 503, "spanish"),
    ("/es/map/", "en", 503, "spanish"),
    ("/map/", "en-US", 503, "english"),
    ("/map/", "fr", 503, "english"),
    ("/report/offline/", "fr", 200, "the form"),
    ("/es/report/offline/", "", 200, "el formulario"),
    ("/theme.css", "", 200, "colors"),
    ("/static/css/site.css", "", 200, "styles"),
    ("/static/nothing.css", "", 404, "404"),
    ("/api/v1/requests", "es", 503, "Try again in a minute"),
    ("/open311/v2/requests.json", "es", 503, "Try again in a minute"),
]


def test_without_anything_behind_it_residents_get_the_citys_own_page(server: Nginx) -> None:
    away = f"away/{HOST}"
    for name, content in {
        "en.html": "english",
        "es.html": "spanish",
        "index.html": "english",
        "pages/report/offline/index.html": "the form",
        "pages/es/report/offline/index.html": "el formulario",
        "pages/theme.css": "colors",
    }.items():
        server.write(f"{away}/{name}", content)
    server.write("static/css/site.css", "styles")
    for path, language, status, content in CASES:
        answer = server.get(path, Accept_Language=language)
        assert (answer.status, path, language) == (status, path, language)
        assert content in text(answer), path
    page = server.get("/l/12-secret", Accept_Language="es")
    assert page.headers["Retry-After"] == "30"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert server.get("/report/offline/").headers["Content-Type"] == "text/html; charset=utf-8"
    assert server.get("/theme.css").headers["Content-Type"].startswith("text/css")
    sent = server.get("/report/check/", method="POST", Accept_Language="en")
    assert (sent.status, text(sent)) == (503, "english")
    # Neither log holds what opens something, nor does the one of errors, which each of these was.
    logs = [path.read_text() for path in [server.place.root / "error.log", *(server.place.root / "logs").iterdir()]]
    assert "GET" in "".join(logs)
    assert "secret" not in "".join(logs)


def test_without_a_city_there_is_a_page_too(server: Nginx) -> None:
    assert server.get("/").status == 503
    server.write("away/default/index.html", "in a minute")
    answer = server.get("/", Accept_Language="es")
    assert (answer.status, text(answer)) == (503, "in a minute")


@pytest.mark.slow
def test_clients_that_stall_slow_nobody(server: Nginx) -> None:
    """60 that never end their request, half of them in the middle of a form, in front of gunicorn with eight threads."""
    body = "def application(environ, start):\n    start('200 OK', [('Content-Length', '2')])\n    return [b'ok']\n"
    (server.place.root / "stalled.py").write_text(body)
    gunicorn = [str(ROOT / ".venv/bin/gunicorn"), "stalled:application", f"--bind=unix:{server.place.run}/web.sock"]
    threads = ["--worker-class=gthread", "--workers=2", "--threads=4", "--log-level=error", "--no-control-socket"]
    process = subprocess.Popen([*gunicorn, *threads], cwd=server.place.root)
    stalled = []
    try:
        deadline = time.monotonic() + 20
        while server.get("/").status != 200 and time.monotonic() < deadline:
            time.sleep(0.1)
        head = f"POST /report/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: text/plain\r\n"
        for number in range(SLOW_CLIENTS):
            context = ssl.create_default_context(cafile=str(tls.folder(server.place) / "fullchain.pem"))
            context.check_hostname = False
            client = context.wrap_socket(socket.create_connection(("127.0.0.1", server.https)))
            client.sendall((head + ("Content-Length: 100\r\n\r\nhalf" if number % 2 else "")).encode())
            stalled.append(client)
        for _ in range(20):
            began = time.monotonic()
            assert server.get("/").status == 200
            assert time.monotonic() - began < 1
    finally:
        for client in stalled:
            client.close()
        process.terminate()
        process.wait(20)


# --- A certificate authority -------------------------------------------------------------------------------------------


@contextmanager
def authority(server: Nginx, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Debian's pebble, which looks for every name on this machine, at nginx's port. Yields its address."""
    folder = server.place.root / "pebble"
    folder.mkdir()
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    names = [
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-addext",
        "basicConstraints=critical,CA:TRUE",
    ]
    subprocess.run(
        [*made, *names, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True
    )
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "cert.pem"))
    api, management, names_port = free_port(), free_port(), free_port()
    settings = {
        "listenAddress": f"127.0.0.1:{api}",
        "managementListenAddress": f"127.0.0.1:{management}",
        "certificate": str(folder / "cert.pem"),
        "privateKey": str(folder / "key.pem"),
        "httpPort": server.http,
        "tlsPort": server.https,
        "ocspResponderURL": "",
    }
    (folder / "config.json").write_text(json.dumps({"pebble": settings}))
    dns = ["pebble-challtestsrv", f"-dns01=127.0.0.1:{names_port}", "-defaultIPv4=127.0.0.1", "-defaultIPv6="]
    others = ["-http01=", "-https01=", "-tlsalpn01=", "-doh=", f"-management=127.0.0.1:{free_port()}"]
    pebble = ["pebble", f"-config={folder}/config.json", f"-dnsserver=127.0.0.1:{names_port}"]
    quick = {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
    with (folder / "log").open("w") as log:
        running = [subprocess.Popen(words, env=quick, stdout=log, stderr=log) for words in ([*dns, *others], pebble)]
        try:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", api)) == 0:
                        break
                time.sleep(0.05)
            yield f"https://localhost:{api}/dir"
        finally:
            for process in running:
                process.terminate()
                process.wait(20)


def shown(server: Nginx) -> str:
    """The certificate that browsers get."""
    return ssl.get_server_certificate(("127.0.0.1", server.https))


def wait_until_not(server: Nginx, certificate: str) -> str:
    """nginx answers a moment longer with the old one."""
    deadline = time.monotonic() + 20
    while shown(server) == certificate and time.monotonic() < deadline:
        time.sleep(0.05)
    return shown(server)


@pytest.mark.slow
def test_a_certificate_is_got_and_renewed_and_stays_if_that_fails(
    server: Nginx, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = server.place
    reread = ["nginx", "-c", str(place.root / "nginx.conf"), "-s", "reload"]
    monkeypatch.setattr(nginx, "reload", lambda *, systemd: shell.run(reread))
    own = shown(server)
    renew = ["certbot", "renew", "--force-renewal", "--no-random-sleep-on-renew", *tls.folders(place)]
    with authority(server, monkeypatch) as address:
        answers = {**ANSWERS, "TLS": "acme", "ACME_SERVER": address, "SYSTEMD": "no"}
        assert tls.prepare(place, answers) == []
        changed = tls.obtain(place, answers)
        assert "got a certificate" in changed
        assert f"{HOST}/fullchain.pem" in str((tls.folder(place) / "fullchain.pem").readlink())
        first = wait_until_not(server, own)
        assert first != own
        # A second run asks for none.
        assert tls.prepare(place, answers) + tls.obtain(place, answers) == []
        assert (place.root / tls.HOOK).read_text().endswith("nginx -s reload\n")
        (place.root / tls.HOOK).write_text(f"#!/bin/sh\nexec {' '.join(reread)}\n")
        shell.run(renew)
        second = wait_until_not(server, first)
        assert second not in (first, own)
    # The authority is away.
    with pytest.raises(Refusal, match="failed"):
        shell.run(renew)
    assert shown(server) == second
    # Nor does an installation lose the one it has.
    assert tls.prepare(place, answers) == []
    assert shown(server) == second
