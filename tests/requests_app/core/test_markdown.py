"""Markdown of articles: formatting is rendered, and nothing executable is."""

import pytest

from requests_app.core import markdown


def test_headings_lists_tables_and_links() -> None:
    html = markdown.render("# How\n\n1. **One**\n2. [Two](https://city.example)\n\n|a|b|\n|-|-|\n|1|2|\n")
    for piece in ("<h2>How</h2>", "<strong>One</strong>", 'href="https://city.example"', "<td>1</td>"):
        assert piece in html
    assert "<h1>" not in html


@pytest.mark.shows("2.20")
@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<img src=x onerror="alert(1)">',
        "![x](https://evil.example/track.gif)",
        "<style>body{display:none}</style>",
    ],
)
def test_nothing_that_could_run_or_call_home_comes_out(evil: str) -> None:
    html = markdown.render(evil)
    for piece in ("<script", "<img", "<style", 'href="javascript', 'href="data'):
        assert piece not in html
