"""What `bin/install` must know: asked, given as flags, or read from a file. The rest has an answer of its own."""

import argparse
import getpass
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.lampctl import settings_files
from config.lampctl.shell import Refusal

TLS = ("acme", "files", "self-signed", "proxy")
NONE = "none"


@dataclass(frozen=True)
class Question:
    """name: in an answers file. A flag has the same name, as in --backup-to. typed: asked for, if nothing has answered it."""

    name: str
    text: str
    default: str = ""
    typed: bool = False
    hidden: bool = False

    @property
    def flag(self) -> str:
        return f"--{self.name.lower().replace('_', '-')}"


QUESTIONS = [
    Question("HOST", "The site's host name, like 311.example.gov", typed=True),
    Question("ADMIN_EMAIL", "The email address of who runs this server", typed=True),
    Question(
        "EMAIL_URL",
        "The mail server, like smtp+tls://user:password@mail.example.gov:587, or none: nobody gets email then",
        typed=True,
    ),
    Question("TLS", "TLS: acme (a free certificate), files, self-signed or proxy", default="acme", typed=True),
    Question(
        "BACKUP_TO", "Where backups go: a folder, sftp://user@host/folder, s3://endpoint/bucket or none", typed=True
    ),
    Question("BACKUP_PASSPHRASE", "Their passphrase, or nothing to make one", typed=True, hidden=True),
    Question(
        "FROM_EMAIL",
        "the address that the city's email comes from; 311@ and the administrator's domain if none is given",
    ),
    Question("CERTIFICATE", "with --tls files: the certificate and its chain, as PEM"),
    Question("CERTIFICATE_KEY", "with --tls files: its key"),
    Question("ACME_SERVER", "with --tls acme: another certificate authority than Let's Encrypt"),
    Question("PROXIES", "with --tls proxy: the addresses of the proxies in front, separated by commas"),
    Question(
        "DATABASE_URL",
        "your own PostgreSQL, as the owner of the database: postgis://owner:password@host/name",
    ),
    Question("ACCEPT", "problems that you know of and accept, by their names in brackets, separated by commas"),
    Question("SYSTEMD", "yes, or no for a machine without systemd (--without-systemd)"),
]
BY_NAME = {question.name: question for question in QUESTIONS}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--answers", type=Path, metavar="FILE", help="NAME=value lines instead of questions")
    for question in QUESTIONS:
        if question.name != "SYSTEMD":
            parser.add_argument(question.flag, dest=question.name, metavar="…", help=question.text.replace("%", "%%"))
    parser.add_argument(
        "--without-systemd",
        dest="SYSTEMD",
        action="store_const",
        const="no",
        help="start the processes under a supervisor, as in a container",
    )


def read(options: argparse.Namespace, earlier: Mapping[str, str], *, interactive: bool) -> dict[str, str]:
    """The answers: a flag's, else the file's, else an earlier run's, else what is typed. Refuses what isn't an answer."""
    answers = {name: value for name, value in earlier.items() if name in BY_NAME}
    if options.answers:
        answers |= read_file(options.answers)
    answers |= {name: value for name in BY_NAME if (value := getattr(options, name)) is not None}
    for question in QUESTIONS:
        if question.typed and question.name not in answers and interactive:
            answers[question.name] = ask(question)
    missing = [question.flag for question in QUESTIONS if _is_missing(question, answers)]
    if missing:
        raise Refusal(f"Not answered: {', '.join(missing)}. Add them, or --answers FILE. Nothing was changed.")
    return completed(answers)


def read_file(path: Path) -> dict[str, str]:
    try:
        answers = settings_files.read(path)
    except OSError as error:
        raise Refusal(f"{path} can't be read: {error.strerror}. Nothing was changed.") from None
    except ValueError as error:
        raise Refusal(f"{error}. Nothing was changed.") from None
    unknown = sorted(set(answers) - set(BY_NAME))
    if unknown:
        raise Refusal(
            f"{path}: {', '.join(unknown)} isn't a name of an answer. The names are {', '.join(BY_NAME)}. Nothing was changed."
        )
    return answers


def ask(question: Question) -> str:
    suffix = f" [{question.default}]" if question.default else ""
    prompt = f"{question.text}{suffix}: "
    return (getpass.getpass(prompt) if question.hidden else input(prompt)).strip() or question.default


def _is_missing(question: Question, answers: Mapping[str, str]) -> bool:
    if not question.typed or question.default or question.name == "BACKUP_PASSPHRASE":
        return False
    return not answers.get(question.name)


def completed(answers: Mapping[str, str]) -> dict[str, str]:
    """Every question with its answer, the defaults included. Refuses an answer that can't be one."""
    full = {question.name: answers.get(question.name, "") or question.default for question in QUESTIONS}
    full["HOST"] = full["HOST"].strip().lower().removesuffix(".")
    if not re.fullmatch(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", full["HOST"]):
        raise Refusal(f"“{full['HOST']}” isn't a host name, like 311.example.gov. Nothing was changed.")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", full["ADMIN_EMAIL"]):
        raise Refusal(f"“{full['ADMIN_EMAIL']}” isn't an email address. Nothing was changed.")
    if full["TLS"] not in TLS:
        raise Refusal(f"“{full['TLS']}” isn't a kind of TLS. Use one of {', '.join(TLS)}. Nothing was changed.")
    if full["EMAIL_URL"] != NONE and not re.match(r"smtp(\+tls|\+ssl)?://[^/]", full["EMAIL_URL"]):
        raise Refusal("The mail server's address begins with smtp+tls://, smtp+ssl:// or smtp://. Nothing was changed.")
    if full["TLS"] == "files" and not (full["CERTIFICATE"] and full["CERTIFICATE_KEY"]):
        raise Refusal("--tls files needs --certificate and --certificate-key. Nothing was changed.")
    full["FROM_EMAIL"] = full["FROM_EMAIL"] or f"311@{full['ADMIN_EMAIL'].rpartition('@')[2]}"
    full["SYSTEMD"] = full["SYSTEMD"] or "yes"
    if full["SYSTEMD"] not in ("yes", "no"):
        raise Refusal("SYSTEMD is yes or no. Nothing was changed.")
    full["BACKUP_PASSPHRASE"] = full["BACKUP_PASSPHRASE"] or secrets.token_urlsafe(24)
    return full
