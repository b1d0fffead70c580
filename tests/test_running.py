"""docs/running.md: every command that it gives is one, with the flags that it has, and none is left out."""

import re
import shlex

import pytest

from config.lampctl import install
from config.lampctl.__main__ import COMMANDS, parser
from tests.assertions import ROOT

PAGE = (ROOT / "docs/running.md").read_text()
# Timers call it.
WITHOUT_A_PLACE_THERE = {"watch"}


def lines(program: str) -> list[list[str]]:
    """What is given to the program, in blocks and in sentences."""
    blocks = re.findall(rf"^ +sudo {program}(.*)$", PAGE, re.MULTILINE)
    sentences = re.findall(rf"`(?:sudo )?{program}((?: [^`]*)?)`", PAGE)
    return [shlex.split(text, comments=True) for text in (*blocks, *sentences)]


def test_each_command_is_one_and_takes_what_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    given = [arguments for arguments in lines("lampctl") if arguments]
    for arguments in given:
        try:
            parser().parse_args(arguments)
        except SystemExit:
            pytest.fail(f"lampctl {' '.join(arguments)}: {capsys.readouterr().err}")
    assert {arguments[0] for arguments in given} == set(COMMANDS) - WITHOUT_A_PLACE_THERE
    for arguments in lines("bin/install"):
        install.parser().parse_args(arguments)
