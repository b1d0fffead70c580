"""The answers of `bin/install`: flags, a file, an earlier run, or what is typed."""

from pathlib import Path

import pytest

from config.lampctl import answers as answering
from config.lampctl import install
from config.lampctl.shell import Refusal

FILE = """HOST=311.example.gov
ADMIN_EMAIL=una@example.gov
EMAIL_URL="smtp+tls://una:p ss@mail.example.gov:587"
TLS=self-signed
BACKUP_TO=/srv/backup
"""


def read(*flags: str, earlier: dict[str, str] | None = None, interactive: bool = False) -> dict[str, str]:
    return answering.read(install.parser().parse_args(flags), earlier or {}, interactive=interactive)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "answers"
    path.write_text(FILE)
    return path


def test_a_flag_wins_over_the_file_and_the_file_over_an_earlier_run(file: Path) -> None:
    answers = read(
        "--answers", str(file), "--tls", "proxy", earlier={"TLS": "acme", "HOST": "old.example.gov", "PROXIES": "::1"}
    )
    assert (answers["TLS"], answers["HOST"], answers["PROXIES"]) == ("proxy", "311.example.gov", "::1")
    assert answers["FROM_EMAIL"] == "311@example.gov"
    assert answers["SYSTEMD"] == "yes"
    assert len(answers["BACKUP_PASSPHRASE"]) > 30


def test_a_passphrase_is_made_once(file: Path) -> None:
    first, second = read("--answers", str(file)), read("--answers", str(file))
    assert first["BACKUP_PASSPHRASE"] != second["BACKUP_PASSPHRASE"]
    assert read(earlier=first) == first


def test_an_unknown_name_in_the_file_is_refused_by_name(file: Path) -> None:
    file.write_text(f"{FILE}HOSTNAME=x\nSITE=y\n")
    with pytest.raises(Refusal, match=r"HOSTNAME, SITE isn't a name.*Nothing was changed"):
        read("--answers", str(file))
    file.write_text("HOST 311.example.gov\n")
    with pytest.raises(Refusal, match=r"line 1 isn't NAME=value\. Nothing"):
        read("--answers", str(file))
    with pytest.raises(Refusal, match="can't be read"):
        read("--answers", str(file.with_name("nowhere")))


def test_what_is_missing_is_listed_where_nobody_can_be_asked() -> None:
    with pytest.raises(Refusal, match=r"Not answered: --host, --email-url, --backup-to\. "):
        read("--admin-email", "una@example.gov")


def test_at_most_six_questions_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["311.Example.gov", "una@example.gov", "none", "", "/srv/backup", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    answers = read(interactive=True)
    assert list(typed) == []
    assert (answers["HOST"], answers["TLS"], answers["EMAIL_URL"]) == ("311.example.gov", "acme", "none")
    assert answers["BACKUP_PASSPHRASE"]
    assert sum(question.typed for question in answering.QUESTIONS) == 6


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--host", "localhost"), "isn't a host name"),
        (("--host", "http://x.gov"), "isn't a host name"),
        (("--host", "10.0.0.1"), "isn't a host name"),
        (("--host", "a b.gov"), "isn't a host name"),
        (("--admin-email", "una"), "isn't an email address"),
        (("--tls", "https"), "isn't a kind of TLS"),
        (("--email-url", "mail.example.gov"), "begins with smtp"),
        (("--tls", "files"), "needs --certificate"),
    ],
)
def test_what_can_be_no_answer_is_refused(file: Path, flags: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        read("--answers", str(file), *flags)
    assert str(refused.value).endswith("Nothing was changed.")
