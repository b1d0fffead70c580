"""Only changed translations are compiled, and a broken one is reported."""

import gettext
import os
from pathlib import Path

import pytest

from config.stack.folders import StackError
from config.stack.words import compile_changed

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def spanish(tmp_path: Path) -> Path:
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    return folder / "django.po"


def test_a_changed_file_is_compiled_again(tmp_path: Path, spanish: Path) -> None:
    for words in ("Bache", "Un bache"):
        spanish.write_text(f'{HEADER}msgid "Pothole"\nmsgstr "{words}"\n')
        compiled = spanish.with_suffix(".mo")
        if compiled.exists():
            # A file system's clock may be too coarse to tell two writes apart.
            os.utime(compiled, (0, 0))
        compile_changed(tmp_path)
        with compiled.open("rb") as file:
            assert gettext.GNUTranslations(file).gettext("Pothole") == words


def test_a_broken_file_is_named(tmp_path: Path, spanish: Path) -> None:
    spanish.write_text(f'{HEADER}#, python-format\nmsgid "%(count)s open"\nmsgstr "%(cuenta)s abiertos"\n')

    with pytest.raises(StackError, match=r"django\.po does not compile"):
        compile_changed(tmp_path)
    assert [path.name for path in spanish.parent.iterdir()] == ["django.po"]
