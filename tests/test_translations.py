"""Every string is translated to Spanish."""

import re
import shutil
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

ROOT = Path(__file__).resolve().parent.parent


# Without translatable strings, or not part of the program.
LEFT_OUT = (
    ".*", "__pycache__", "var", "node_modules", "vendor", "tests", "docs", "frontend", "rivermark", "*.mo",
)  # fmt: skip


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog as makemessages would write it now.

    In a copy of the program, because makemessages writes to every folder named locale that it finds, whatever the settings say.
    """
    copy = tmp_path_factory.mktemp("program") / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    with override_settings(LOCALE_PATHS=[str(copy / "locale")]), chdir(copy):
        call_command("makemessages", locale=["es"], no_obsolete=True, add_location="file", verbosity=0)
    return copy / "locale/es/LC_MESSAGES/django.po"


def entries(po: Path, *options: str) -> str:
    done = subprocess.run(["msgattrib", *options, "--no-obsolete", str(po)], capture_output=True, text=True, check=True)
    return "\n".join(line for line in done.stdout.splitlines() if line.startswith(("msgid", '"')))


@pytest.mark.shows("3.9")
def test_no_string_is_left_untranslated(gathered: Path) -> None:
    assert "es" in dict(settings.LANGUAGES)
    assert entries(gathered, "--untranslated") == ""


def test_no_translation_is_a_guess(gathered: Path) -> None:
    assert entries(gathered, "--only-fuzzy") == ""


def test_every_translation_keeps_its_placeholders(gathered: Path) -> None:
    done = subprocess.run(
        ["msgfmt", "--check-format", "-o", "/dev/null", str(gathered)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_one_and_many_are_told_apart() -> None:
    catalog = (ROOT / "locale/es/LC_MESSAGES/django.po").read_text()
    pairs = re.findall(r'^msgstr\[0\] "(.*)"\nmsgstr\[1\] "(.*)"$', catalog, re.MULTILINE)
    assert pairs
    assert not [one for one, many in pairs if one == many]
