"""What others see of this installation: its certificate, and whether its email may come from where it does."""

import datetime as dt
import socket
import ssl
import time
from email.utils import parseaddr
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_noop

from requests_app.core import dns_text
from requests_app.doctor.findings import Finding, green, red, yellow
from requests_app.models import Jurisdiction

TIMEOUT_S = 1.5
# Let's Encrypt's are renewed when they have 30 days left.
FEW_DAYS, VERY_FEW_DAYS = 21, 7
DOMAINS_ASKED = 3


def certificate(city: Jurisdiction | None) -> Finding | None:
    """As a visitor gets it, from this machine's own port first. None: the site has no TLS."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https" or not site.hostname:
        return None
    host, port = site.hostname, site.port or 443
    to_do = gettext_noop("Find out why it wasn’t renewed: certbot renew --dry-run")
    server, certificate = None, None
    for address in ("127.0.0.1", host):
        try:
            certificate = _served(address, port, host)
        except OSError:
            continue
        server = address
        break
    if server is None or certificate is None:
        return red(
            gettext_noop("Nothing answers at %(host)s, port %(port)s."),
            gettext_noop("Check that nginx is running and that the name leads to this server."),
            host=host,
            port=str(port),
        )
    ends = certificate.not_valid_after_utc
    days = (ends - dt.datetime.now(dt.UTC)).total_seconds() / 86400
    measures = {"days": round(days, 2)}
    values = {"host": host, "day": ends.date()}
    if days <= VERY_FEW_DAYS:
        sentence = (
            gettext_noop("The certificate of %(host)s expired on %(day)s.")
            if days < 0
            else gettext_noop("The certificate of %(host)s expires on %(day)s.")
        )
        return red(sentence, to_do, measures=measures, **values)
    problem = _problem(server, port, host)
    if problem in ("name", "date"):
        return red(
            gettext_noop("The certificate that %(host)s shows isn’t for this name."),
            gettext_noop("Get one for this name: lampctl install --tls acme, or put the right files in place."),
            measures=measures,
            **values,
        )
    if days <= FEW_DAYS:
        return yellow(
            gettext_noop("The certificate of %(host)s expires on %(day)s."), to_do, measures=measures, **values
        )
    if problem:
        return yellow(
            gettext_noop("Browsers warn about the certificate of %(host)s: no authority that they trust signed it."),
            gettext_noop("Get one from an authority: lampctl install --tls acme"),
            measures=measures,
            **values,
        )
    return green(gettext_noop("The certificate of %(host)s is good until %(day)s."), measures=measures, **values)


def _served(address: str, port: int, host: str) -> x509.Certificate:
    """Whatever is served, so that its days can be read. Raises OSError."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((address, port), TIMEOUT_S) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        content = secured.getpeercert(binary_form=True)
    if not content:
        raise OSError("no certificate")
    return x509.load_der_x509_certificate(content)


def _problem(address: str, port: int, host: str) -> str:
    """What a browser would say: name, date or trust; empty: nothing."""
    try:
        with (
            socket.create_connection((address, port), TIMEOUT_S) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host),
        ):
            return ""
    except ssl.SSLCertVerificationError as error:
        # Of X509_verify_cert(3): 62 is the name, 10 the date.
        return {62: "name", 10: "date"}.get(error.verify_code, "trust")
    except OSError:
        return "trust"


def sender(city: Jurisdiction | None) -> Finding:
    """Whether the domains that email comes from say by SPF who may send it, and by DMARC what to do with other email."""
    domains = _domains()
    without: dict[str, list[str]] = {"SPF": [], "DMARC": []}
    until = time.monotonic() + 2 * TIMEOUT_S
    try:
        for domain in domains[:DOMAINS_ASKED]:
            left = max(min(1.0, until - time.monotonic()), 0.1)
            if not any(text.startswith("v=spf1") for text in dns_text.records(domain, timeout_s=left)):
                without["SPF"].append(domain)
            if not any(text.startswith("v=DMARC1") for text in dns_text.records(f"_dmarc.{domain}", timeout_s=left)):
                without["DMARC"].append(domain)
    except dns_text.Unanswered:
        return yellow(
            gettext_noop("The name server didn’t say who may send email for %(domain)s."),
            gettext_noop("Check that the name servers in /etc/resolv.conf answer."),
            domain=domains[0],
        )
    for record, lacking in without.items():
        if lacking:
            return yellow(
                gettext_noop("%(domain)s has no %(record)s record, so email may be taken for spam."),
                gettext_noop("Add the TXT record that your mail provider names to the domain."),
                domain=lacking[0],
                record=record,
            )
    return green(gettext_noop("%(domain)s says who may send its email (SPF, DMARC)."), domain=domains[0])


def _domains() -> list[str]:
    """Of the default sender, and of cities that have their own."""
    addresses = [parseaddr(settings.DEFAULT_FROM_EMAIL)[1]]
    # Where the database is away, another check says so, and this one doesn't wait for it again.
    if connection.connection is not None:
        addresses += Jurisdiction.objects.exclude(sender_address="").values_list("sender_address", flat=True)
    return list(dict.fromkeys(address.rpartition("@")[2].lower() for address in addresses if "@" in address)) or ["-"]
