"""System checks: the settings that Lamplighter refuses to start with. In English, but on the page of health (doctor/)."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.utils.translation import gettext_noop as _

from requests_app.core import database_roles
from requests_app.danger.model import shipped_model
from requests_app.danger.phrases import shipped_phrases


@register(Tags.security)
def check_production_settings(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Errors, not warnings: gunicorn and the workers do not start while there is one (see config/refusal.py)."""
    if not settings.PRODUCTION:
        return []
    rules: list[tuple[bool, str, str]] = [
        (settings.DEMO, _("The demo’s one-click sign-in cannot run in production."), _("Unset LAMPLIGHTER_DEMO.")),
        (settings.DEBUG, _("DEBUG shows the server’s internals to everyone."), _("Unset DEBUG.")),
        (
            len(settings.SECRET_KEY) < 40 or settings.SECRET_KEY.startswith("development"),
            _("SECRET_KEY is missing or short: sessions could be forged."),
            _("Set SECRET_KEY to 50 random characters."),
        ),
        (
            not settings.LINK_KEYS or any(len(key) < 32 for key in settings.LINK_KEYS),
            _("LINK_KEYS is missing or short: private links could be forged."),
            _("Set LINK_KEYS to at least one key of 32 random characters."),
        ),
        (
            not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
            _("ALLOWED_HOSTS is empty or open: a forged Host header would be trusted."),
            _("Set ALLOWED_HOSTS to the names of this site."),
        ),
        (
            not settings.SITE_URL.startswith("https://"),
            _("SITE_URL is not https: passwords would be sent unencrypted."),
            _("Set SITE_URL to the https address of this site."),
        ),
        (not settings.RATE_LIMITS, _("RATE_LIMITS is off: anyone could flood the site."), _("Unset RATE_LIMITS.")),
        (not settings.DATABASE_URL, _("DATABASE_URL is not set."), _("Set DATABASE_URL to a PostgreSQL with PostGIS.")),
        (
            not all(map(_is_restrictive, settings.TRUSTED_PROXIES)),
            _("TRUSTED_PROXIES has an invalid address or trusts everyone: clients could forge their address."),
            _("Set TRUSTED_PROXIES to the addresses or networks of the proxies in front."),
        ),
        (
            any(map(_is_open_redis, re.split("[;,]", settings.REDIS_URL))),
            _(
                "REDIS_URL leads to another machine without a password: anyone who reaches it could change limits and cached pages."
            ),
            _("Give Redis a password (requirepass), and write it into REDIS_URL: redis://:password@host:6379/0."),
        ),
        (
            bool(settings.EMAIL_HOST_PASSWORD) and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL),
            _("EMAIL_URL has a password but no TLS: both it and every email would be sent unencrypted."),
            _("Set EMAIL_URL to smtp+tls://… or smtp+ssl://…"),
        ),
    ]
    return [
        Error(message, hint=hint, id=f"lamplighter.E{number:03}")
        for number, (broken, message, hint) in enumerate(rules, start=1)
        if broken
    ]


def _is_restrictive(proxy: str) -> bool:
    try:
        return ipaddress.ip_network(proxy, strict=False).prefixlen > 0
    except ValueError:
        return False


def _is_open_redis(url: str) -> bool:
    """Whether others could reach it. A socket has its file's permissions, and on loopback only this machine's programs connect."""
    try:
        parts = urlsplit(url.strip())
        host, password = parts.hostname or "", parts.password
    except ValueError:
        return True
    if parts.scheme in ("unix", "redis+socket") or password or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


@register(Tags.security, deploy=True)
def check_email_backend(app_configs: Any, **kwargs: Any) -> list[Any]:
    if settings.PRODUCTION and settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return [
            Warning(
                "Email is written to files on this machine, so nobody receives it.",
                hint="Set EMAIL_URL to your mail server, or ANYMAIL_SERVICE to your email service.",
                id="lamplighter.W002",
            )
        ]
    return []


@register(Tags.database)
def check_database_roles(app_configs: Any, **kwargs: Any) -> list[Any]:
    urls = settings.DATABASE_ROLE_URLS
    if settings.PRODUCTION and urls["web"] == urls["owner"]:
        return [
            Warning(
                "The web role owns the tables, so only triggers protect the event log and what was published.",
                hint="Run `manage.py create_roles` and set DATABASE_URL_OWNER, _WORKER, _EXPORT and _READ.",
                id="lamplighter.W001",
            )
        ]
    return []


@register(Tags.database)
def check_grants(app_configs: Any, *, databases: Any = None, **kwargs: Any) -> list[Any]:
    """Warnings, since migrate runs these checks, too, and after an upgrade the rights follow it."""
    if "default" not in (databases or []):
        return []
    return [
        Warning(
            f"{role} {_and(extra, missing)} {table}.",
            hint="Run `manage.py create_roles` as the owner of the tables.",
            id="lamplighter.W005",
        )
        for table, role, extra, missing in database_roles.differences()
    ]


def _and(extra: list[str], missing: list[str]) -> str:
    """ "may DELETE, UPDATE and may not SELECT"."""
    said = [("may", extra), ("may not", missing)]
    return " and ".join(f"{may} {', '.join(privileges)}" for may, privileges in said if privileges)


@register()
def check_danger_detection(app_configs: Any, **kwargs: Any) -> list[Any]:
    """What ships for hearing danger in a text is part of the package, so only a broken installation lacks it."""
    rules = [
        (
            shipped_phrases(),
            "No emergency phrases were found, so fewer reports of danger are recognized.",
            "phrases.yaml",
        ),
        (shipped_model(), "The danger model can’t be read, so most reports of danger aren’t recognized.", "model/"),
    ]
    return [
        Warning(message, hint=f"Install the product again: requests_app/danger/{name} is missing or damaged.", id=code)
        for (found, message, name), code in zip(rules, ("lamplighter.W003", "lamplighter.W004"), strict=True)
        if not found
    ]
