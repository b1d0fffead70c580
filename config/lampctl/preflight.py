"""What must be right before anything is changed: everything that isn't, in one list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from config.lampctl import backup_place
from config.lampctl.answers import NONE
from config.lampctl.this_machine import ThisMachine

GB = 10**9
# What two gigabytes are after the kernel took its part.
MEMORY_MIN = int(1.8 * GB)
# Debian's packages and a release with its Python packages need 3 GB, the rest is for the first year.
DISK_MIN = 8 * GB
# What new kernels need; apt stops where it is full.
BOOT_MIN = 50 * 10**6
CLOCK_OFF_MAX_S = 60
DEBIAN = "13"


@dataclass(frozen=True)
class Problem:
    """name: what `--accept` takes; without one, it can't be accepted."""

    name: str
    sentence: str
    acceptable: bool = True

    def __str__(self) -> str:
        return f"[{self.name}] {self.sentence}" if self.acceptable else self.sentence


Answers = Mapping[str, str]
Check = Callable[[Answers, ThisMachine], list[Problem]]


def problems(answers: Answers, machine: ThisMachine) -> list[Problem]:
    accepted = {name.strip() for name in answers["ACCEPT"].split(",")}
    every = [problem for check in CHECKS for problem in check(answers, machine)]
    return [problem for problem in every if not (problem.acceptable and problem.name in accepted)]


def _root(answers: Answers, machine: ThisMachine) -> list[Problem]:
    if machine.is_root():
        return []
    return [Problem("root", "This needs root: run it with sudo.", acceptable=False)]


def _release(answers: Answers, machine: ThisMachine) -> list[Problem]:
    release = machine.release()
    if (release.get("ID"), release.get("VERSION_ID")) == ("debian", DEBIAN):
        return []
    name = release.get("PRETTY_NAME") or "This system"
    return [Problem("release", f"{name} hasn't been tried. Use Debian {DEBIAN}.", acceptable=False)]


def _systemd(answers: Answers, machine: ThisMachine) -> list[Problem]:
    if answers["SYSTEMD"] == "no" or machine.has_systemd():
        return []
    sentence = "systemd doesn't run here, as in a container. Add --without-systemd, or install on a machine of its own."
    return [Problem("systemd", sentence, acceptable=False)]


def _memory(answers: Answers, machine: ThisMachine) -> list[Problem]:
    if machine.memory_bytes() >= MEMORY_MIN:
        return []
    size = f"{machine.memory_bytes() / GB:.1f} GB"
    return [Problem("memory", f"This machine has {size} of memory. Lamplighter needs 2 GB.")]


def _disk(answers: Answers, machine: ThisMachine) -> list[Problem]:
    few = []
    for folder in ("/opt", "/var/lib"):
        free = machine.free_bytes(folder)
        if free < DISK_MIN:
            few.append(Problem("disk", f"{folder} has {free / GB:.1f} GB left. It needs {DISK_MIN / GB:.0f} GB."))
    if (free := machine.free_bytes("/boot")) < BOOT_MIN:
        sentence = f"/boot has {free / 10**6:.0f} MB left, so Debian's updates would fail. Run apt autoremove --purge."
        few.append(Problem("boot", sentence))
    return few


def _ports(answers: Answers, machine: ThisMachine) -> list[Problem]:
    ports = (80,) if answers["TLS"] == "proxy" else (80, 443)
    taken = []
    for port in ports:
        program = machine.listener(port)
        if program not in (None, "nginx"):
            who = program or "Another program"
            sentence = f"{who} listens on port {port}, which nginx needs. Stop it, or use a machine of its own."
            taken.append(Problem("ports", sentence, acceptable=False))
    return taken


def _clock(answers: Answers, machine: ThisMachine) -> list[Problem]:
    off = machine.clock_off_s()
    if off is None:
        sentence = "No package server answers, so packages can't be installed and the clock can't be compared."
        return [Problem("network", f"{sentence} Check this machine's network and /etc/apt/sources.list.d.")]
    if abs(off) <= CLOCK_OFF_MAX_S:
        return []
    way = "ahead" if off > 0 else "behind"
    sentence = f"This machine's clock is {abs(off) / 60:.0f} minutes {way}. Set it: apt install systemd-timesyncd."
    return [Problem("clock", sentence)]


def _host(answers: Answers, machine: ThisMachine) -> list[Problem]:
    host = answers["HOST"]
    addresses = machine.addresses(host)
    if not addresses:
        return [Problem("dns", f"{host} has no address. Add a DNS record for it that leads here.")]
    # In front of a proxy, the name leads there.
    if answers["TLS"] == "proxy" or set(addresses) & machine.own_addresses() or machine.answers_for(host):
        return []
    sentence = f"{host} leads to {', '.join(addresses)}, which isn't this machine. Change its DNS record."
    return [Problem("dns", sentence)]


def _mail(answers: Answers, machine: ThisMachine) -> list[Problem]:
    if answers["EMAIL_URL"] == NONE:
        return []
    url = urlsplit(answers["EMAIL_URL"])
    if url.scheme == "smtp" and url.password:
        sentence = (
            "The mail server's password would be sent unencrypted. Begin its address with smtp+tls:// or smtp+ssl://."
        )
        return [Problem("mail", sentence, acceptable=False)]
    answer = machine.mail_problem(answers["EMAIL_URL"])
    if answer is None:
        return []
    return [Problem("mail", f"The mail server {url.hostname} doesn't let us sign in: {answer}.".replace("..", "."))]


def _sender(answers: Answers, machine: ThisMachine) -> list[Problem]:
    """SPF and DMARC, without which other mail servers refuse email or put it into the spam folder."""
    if answers["EMAIL_URL"] == NONE:
        return []
    domain = answers["FROM_EMAIL"].rpartition("@")[2]
    spf = machine.txt(domain)
    if spf is None:
        return [Problem("dns-server", "No DNS server answers. Check the nameserver lines of /etc/resolv.conf.")]
    missing = []
    if not any(record.lower().startswith("v=spf1") for record in spf):
        sentence = (
            f"{domain} has no SPF record, so the city's email looks forged. Your mail provider says which one to add."
        )
        missing.append(Problem("spf", sentence))
    # A domain's policy is for the names below it, too.
    zones = [domain, domain.partition(".")[2]] if domain.count(".") > 1 else [domain]
    policies = [record for zone in zones for record in machine.txt(f"_dmarc.{zone}") or []]
    if not any(record.upper().startswith("V=DMARC1") for record in policies):
        sentence = f"{domain} has no DMARC record. Add a TXT record for _dmarc.{domain}, such as “v=DMARC1; p=none”."
        missing.append(Problem("dmarc", sentence))
    return missing


def _certificate(answers: Answers, machine: ThisMachine) -> list[Problem]:
    if answers["TLS"] != "files":
        return []
    sentence = machine.certificate_problem(answers["CERTIFICATE"], answers["CERTIFICATE_KEY"], answers["HOST"])
    return [Problem("certificate", sentence, acceptable=False)] if sentence else []


def _database(answers: Answers, machine: ThisMachine) -> list[Problem]:
    if not answers["DATABASE_URL"]:
        return []
    url = urlsplit(answers["DATABASE_URL"])
    host, port = url.hostname or "localhost", url.port or 5432
    if machine.can_connect(host, port):
        return []
    sentence = f"The database server {host} doesn't answer on port {port}. Check --database-url and its firewall."
    return [Problem("database", sentence, acceptable=False)]


# In the order of the list.
def _backups(answers: Answers, machine: ThisMachine) -> list[Problem]:
    address = answers["BACKUP_TO"]
    problem = "" if address == NONE else backup_place.address_problem(address)
    return [Problem("backups", f"Backups: {problem}", acceptable=False)] if problem else []


CHECKS: list[Check] = [
    _root,
    _release,
    _systemd,
    _memory,
    _disk,
    _ports,
    _clock,
    _host,
    _certificate,
    _mail,
    _sender,
    _database,
    _backups,
]
