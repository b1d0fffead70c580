"""Templates as files: opening tags that a person can read in a diff."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(path for path in ROOT.glob("templates/**/*") if path.suffix in (".html", ".txt", ".xml"))

COMMENT = re.compile(r"\{% comment.*?endcomment %\}|\{#.*?#\}|<!--.*?-->", re.DOTALL)
CODE = r"\{%.*?%\}|\{\{.*?\}\}"
# Possessive: a tag that isn't ended must not be tried in every way.
TAG = re.compile(rf"""<[a-zA-Z][\w:-]*(?:{CODE}|"(?:{CODE}|[^"])*+"|'(?:{CODE}|[^'])*+'|[^>"'])*+>""", re.DOTALL)
VALUE = re.compile(rf""""(?:{CODE}|[^"])*+"|'(?:{CODE}|[^'])*+'|\{{\{{.*?\}}\}}""", re.DOTALL)
CONDITION = re.compile(
    r"\{% (?:if|for|with) [^{}]*%\}[^{}]*(?:\{% (?:elif [^{}]*|else|empty) %\}[^{}]*)*\{% end(?:if|for|with) %\}"
)


def broken_tags(text: str) -> list[str]:
    """The first lines of opening tags that are broken after their name, or have several lines and two attributes on one of them."""
    broken = []
    for tag in TAG.findall(COMMENT.sub("", text)):
        if "\n" not in tag:
            continue
        plain = VALUE.sub("V", tag)
        # What is conditional is one attribute, however many it holds: innermost first.
        while CONDITION.search(plain):
            plain = CONDITION.sub("C", plain)
        first, *others = re.sub(r"\{%.*?%\}", "C", plain).splitlines()
        if len(first.split()) != 2 or any(len(line.split()) > 1 for line in others):
            broken.append(tag.splitlines()[0])
    return broken


@pytest.mark.parametrize(
    "tag",
    [
        "<p\n  class='soft'>",
        '<a href="{% url "home" %}" class="soft"\n  lang="es">',
        '<a href="/"\n  class="soft" lang="es">',
        '<a href="/"{% if current %} class="soft"{% endif %}\n  {% if spanish %}lang="es"{% endif %} hidden>',
    ],
)
def test_a_broken_tag_is_found(tag: str) -> None:
    assert broken_tags(f"<ul><li>{tag}Go on</a></li></ul>") == [tag.splitlines()[0]]


def test_a_tag_on_one_line_or_with_an_attribute_a_line_is_not_broken() -> None:
    text = """{% comment %}<p
      class="soft">{% endcomment %}<p class="soft" lang="es"><a href="{% url "home" %}?words=a > b"
      class="one
        two"{% if current %} aria-current="page" {% if first %}autofocus{% endif %}{% endif %}
      {% if spanish %}lang="es"
      dir="ltr"{% else %}dir="auto"{% endif %}>"""
    assert broken_tags(text) == []


def test_no_opening_tag_is_broken() -> None:
    tags = {str(path.relative_to(ROOT)): broken_tags(path.read_text()) for path in TEMPLATES}
    assert {path: broken for path, broken in tags.items() if broken} == {}
