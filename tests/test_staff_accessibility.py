"""WCAG 2.2 AA on staff pages at a desk in English, where tests/test_accessibility.py looks at them from all sides only with --all.

A file of its own, so that another process opens them.
"""

import pytest

from tests.test_accessibility import (
    PHONE,
    REPEATS,
    Visitor,
    _no_limits,  # noqa: F401
    axe,
    listed,
    planted,  # noqa: F401
    visitor,  # noqa: F401
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.shows("4.24")]


@pytest.mark.sampled(6)
@pytest.mark.parametrize("name", REPEATS)
def test_every_staff_page_keeps_the_rules_at_a_desk(visitor: Visitor, name: str) -> None:  # noqa: F811
    tab = visitor.open(name, "en")
    if tab.evaluate("document.contentType") != "text/html":
        return
    wrong = {"heading": tab.evaluate("access.heading()"), "axe": axe(tab)}
    tab.set_viewport_size(PHONE)
    wrong["small targets"] = tab.evaluate("access.smallTargets()")
    assert not any(wrong.values()), listed(wrong)
