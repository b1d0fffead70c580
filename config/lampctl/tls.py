"""The certificate: from an authority, from files, or one that we sign ourselves. nginx reads it from one place in each case."""

from collections.abc import Mapping
from pathlib import Path

from config.lampctl import nginx, shell
from config.lampctl.place import Place

# Long, since nobody renews it: it is for trying, and behind a proxy that doesn't look.
SELF_SIGNED_DAYS = "3650"
HOOK = Path("etc/letsencrypt/renewal-hooks/deploy/lamplighter")


def folder(place: Place) -> Path:
    return place.settings / "tls"


def webroot(place: Place) -> Path:
    """Where certbot puts what the authority asks for."""
    return place.data / "acme"


def prepare(place: Place, answers: Mapping[str, str]) -> list[str]:
    """Before nginx starts: what it needs to start at all. Returns what was changed."""
    if answers["TLS"] == "proxy":
        return []
    folder(place).mkdir(mode=0o700, exist_ok=True)
    webroot(place).mkdir(mode=0o755, exist_ok=True)
    if answers["TLS"] == "files":
        return _link(place, Path(answers["CERTIFICATE"]), Path(answers["CERTIFICATE_KEY"]))
    live = Path(place.root, "etc/letsencrypt/live", answers["HOST"])
    if answers["TLS"] == "acme" and (live / "fullchain.pem").exists():
        return _link(place, live / "fullchain.pem", live / "privkey.pem")
    return _self_signed(place, answers["HOST"])


def obtain(place: Place, answers: Mapping[str, str]) -> list[str]:
    """With nginx running: the certificate of an authority. If there is one, certbot's own timer renews it."""
    if answers["TLS"] != "acme":
        return []
    live = Path(place.root, "etc/letsencrypt/live", answers["HOST"])
    systemd = answers["SYSTEMD"] == "yes"
    changed = _hook(place, systemd=systemd)
    if not (live / "fullchain.pem").exists():
        changed += _first(place, answers, live)
    if systemd:
        shell.run(["systemctl", "enable", "--now", "--quiet", "certbot.timer"])
    return changed


def _first(place: Place, answers: Mapping[str, str], live: Path) -> list[str]:
    server = ["--server", answers["ACME_SERVER"]] if answers["ACME_SERVER"] else []
    who = [
        "--email",
        answers["ADMIN_EMAIL"],
        "--no-eff-email",
        "--agree-tos",
        "--non-interactive",
        "--keep-until-expiring",
    ]
    where = [
        "--webroot",
        "--webroot-path",
        str(webroot(place)),
        "--domain",
        answers["HOST"],
        "--cert-name",
        answers["HOST"],
    ]
    shell.run(["certbot", "certonly", *who, *server, *where, *folders(place)])
    changed = _link(place, live / "fullchain.pem", live / "privkey.pem")
    nginx.reload(systemd=answers["SYSTEMD"] == "yes")
    return ["got a certificate", *changed]


def folders(place: Place) -> list[str | Path]:
    """certbot's own, on a server."""
    root = place.root
    configuration, work, logs = root / "etc/letsencrypt", root / "var/lib/letsencrypt", root / "var/log/letsencrypt"
    return ["--config-dir", configuration, "--work-dir", work, "--logs-dir", logs]


def _hook(place: Place, *, systemd: bool) -> list[str]:
    """After each renewal, nginx reads the new certificate."""
    path = place.root / HOOK
    text = f"#!/bin/sh\nexec {'systemctl reload nginx.service' if systemd else 'nginx -s reload'}\n"
    if path.exists() and path.read_text() == text:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return [f"wrote {path}"]


def _link(place: Place, certificate: Path, key: Path) -> list[str]:
    changed = []
    for name, target in (("fullchain.pem", certificate), ("privkey.pem", key)):
        link = folder(place) / name
        if link.is_symlink() and link.readlink() == target:
            continue
        fresh = link.with_name(f".{name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(link)
        changed.append(f"linked {link} to {target}")
    return changed


def _self_signed(place: Place, host: str) -> list[str]:
    certificate, key = folder(place) / "self-signed.pem", folder(place) / "self-signed.key"
    named = certificate.exists() and key.exists()
    if named:
        named = "does match" in shell.run(["openssl", "x509", "-noout", "-in", certificate, "-checkhost", host])
    changed = []
    if not named:
        subject = ["-subj", f"/CN={host}"[:64], "-addext", f"subjectAltName=DNS:{host}"]
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", SELF_SIGNED_DAYS]
        shell.run(["openssl", "req", "-x509", *kind, *subject, "-keyout", key, "-out", certificate])
        changed = [f"made {certificate}"]
    return changed + _link(place, certificate, key)
