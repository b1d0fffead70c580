"""Renders articles from Markdown to safe HTML with a small set of tags."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "code", "pre", "hr"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"https", "http", "mailto", "tel"}

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def render(text: str) -> SafeString:
    """Renders to HTML. An <h1> becomes an <h2>, because the page has its own <h1>."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer")
    return mark_safe(clean)  # noqa: S308  (nh3 let through only what is listed above)


def lead_and_rest(text: str) -> tuple[SafeString, SafeString]:
    """The first paragraph, which answers by itself, and what follows. Empty and everything, if a list or heading comes first."""
    first, _, rest = text.strip().partition("\n\n")
    is_paragraph = [token.type for token in _markdown.parse(first)] == ["paragraph_open", "inline", "paragraph_close"]
    return (render(first), render(rest)) if is_paragraph else (mark_safe(""), render(text))
