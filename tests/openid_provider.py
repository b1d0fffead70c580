"""An OpenID Connect provider in a process of its own: `python -m tests.openid_provider` prints its address when it is ready.

It has one person, whom a test changes at /control, signs with real RS256 keys, and is strict about codes, PKCE and client
secrets. `wrong` makes it (or somebody in its place) misbehave in one way.
"""

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "lamplighter", "a secret of both"
PERSON = {
    "sub": "u-1",
    "email": "nia@rivermark.example",
    "email_verified": True,
    "name": "Nia Park",
    "groups": ["311-triage"],
}


class Provider:
    """Starts the process, and talks to it for a test."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.openid_provider"], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def control(self, **changes: Any) -> None:
        """person: changed claims; removed: whether the person is gone; wrong: how it misbehaves; down: whether it answers."""
        urlopen(f"{self.url}/control", json.dumps(changes).encode()).close()  # noqa: S310

    def authorize(self, url: str) -> str:
        """As the browser does: the address it is sent back to."""

        class Stay(HTTPRedirectHandler):
            def http_error_302(self, request: Request, response: Any, *args: Any) -> Any:
                return response

        with build_opener(Stay).open(url) as response:
            return str(response.headers["Location"])

    def logout_token(self, **claims: Any) -> str:
        with urlopen(f"{self.url}/logout-token", json.dumps(claims).encode()) as response:  # noqa: S310
            return str(response.read().decode())


class Handler(BaseHTTPRequestHandler):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    state: dict[str, Any] = {
        "person": dict(PERSON),
        "removed": False,
        "wrong": "",
        "down": False,
        "has_other_key": False,
    }
    codes: dict[str, dict[str, str]] = {}
    refresh_tokens: set[str] = set()
    access_tokens: set[str] = set()

    def log_message(self, *args: Any) -> None:
        pass

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"  # type: ignore[index]

    def answer(self, found: Any, status: int = 200) -> None:
        body = found.encode() if isinstance(found, str) else json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if self.state["down"]:
            self.answer({}, 503)
        elif path == "/.well-known/openid-configuration":
            self.answer(
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "userinfo_endpoint": f"{self.issuer}/userinfo",
                    "jwks_uri": f"{self.issuer}/jwks",
                    "backchannel_logout_supported": True,
                }
            )
        elif path == "/jwks" and self.state["wrong"] == "moved":
            self.send_response(302)
            self.send_header("Location", f"{self.issuer}/moved")
            self.end_headers()
        elif path in ("/jwks", "/moved"):
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            filler = "x" * 1_000_000 if self.state["wrong"] == "large" else ""
            other = (
                [{"kty": "EC", "crv": "brainpoolP256r1", "x": "AA", "y": "AA"}] if self.state["has_other_key"] else []
            )
            self.answer({"keys": [*other, {**key, "kid": "1", "use": "sig", "alg": "RS256"}], "filler": filler})
        elif path == "/authorize":
            asked = {name: values[0] for name, values in query.items()}
            assert asked["client_id"] == CLIENT_ID
            assert asked["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe()
            self.codes[code] = asked
            self.send_response(302)
            back = urlencode({"code": code, "state": asked["state"]})
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
        elif path == "/userinfo":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            is_good = token in self.access_tokens and not self.state["removed"]
            self.answer(self.state["person"] if is_good else {}, 200 if is_good else 401)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/control":
            self.state |= json.loads(body)
            self.answer({})
        elif self.state["down"]:
            self.answer({}, 503)
        elif self.path == "/logout-token":
            self.answer(self.signed({"jti": secrets.token_hex(8), **json.loads(body)}))
        else:
            self.token({name: values[0] for name, values in parse_qs(body).items()})

    def token(self, asked: dict[str, str]) -> None:
        pair = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if pair != f"{CLIENT_ID}:{CLIENT_SECRET.replace(' ', '%20')}":
            self.answer({"error": "invalid_client"}, 401)
            return
        claims = {}
        if asked["grant_type"] == "authorization_code":
            known = self.codes.pop(asked["code"], {})
            challenge = base64.urlsafe_b64encode(hashlib.sha256(asked["code_verifier"].encode()).digest()).rstrip(b"=")
            if known.get("code_challenge") != challenge.decode() or known["redirect_uri"] != asked["redirect_uri"]:
                self.answer({"error": "invalid_grant"}, 400)
                return
            claims = {"nonce": known["nonce"], "sid": "s-1"}
        elif asked["refresh_token"] not in self.refresh_tokens or self.state["removed"]:
            self.answer({"error": "invalid_grant"}, 400)
            return
        # Each refresh token works once.
        self.refresh_tokens.discard(asked.get("refresh_token", ""))
        refresh_token, access_token = secrets.token_urlsafe(), secrets.token_urlsafe()
        self.refresh_tokens.add(refresh_token)
        self.access_tokens.add(access_token)
        self.answer(
            {
                "id_token": self.signed({"sub": self.state["person"]["sub"], **claims}),
                "access_token": access_token,
                "refresh_token": refresh_token,
                "token_type": "Bearer",
            }
        )

    def signed(self, claims: dict[str, Any]) -> str:
        now, wrong = int(time.time()), self.state["wrong"]
        every = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **claims}
        changes: dict[str, dict[str, Any]] = {
            "issuer": {"iss": "https://other.example"},
            "audience": {"aud": "another"},
            "age": {"iat": now - 4000, "exp": now - 3000},
            "nonce": {"nonce": "another"},
            "party": {"azp": "another"},
            "parties": {"aud": [CLIENT_ID, "another"]},
        }
        every |= changes.get(wrong, {})
        if wrong == "none":
            return jwt.encode(every, "", algorithm="none", headers={"kid": "1"})
        if wrong == "secret":
            return jwt.encode(every, CLIENT_SECRET.ljust(32), algorithm="HS256", headers={"kid": "1"})
        key = self.other_key if wrong == "signature" else self.key
        return jwt.encode(every, key, algorithm="RS256", headers={"kid": "1"})


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
