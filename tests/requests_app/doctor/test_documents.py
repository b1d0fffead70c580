"""docs/health.md lists each check of the doctor, in its order."""

import re
from pathlib import Path

from requests_app.doctor.table import CHECKS
from tests.live import ROOT

# What `lampctl doctor` says where Django can't start.
WITHOUT_DJANGO = ["lamplighter"]


def test_the_table_of_what_to_do_has_each_check() -> None:
    page = Path(ROOT, "docs/health.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", page.partition("## When it's red")[2], re.MULTILINE)
    assert [code for code, _what, _to_do in rows] == [check.code for check in CHECKS] + WITHOUT_DJANGO


def test_each_check_has_a_name_and_a_code_of_its_own() -> None:
    assert len({check.code for check in CHECKS}) == len({str(check.name) for check in CHECKS}) == len(CHECKS)
