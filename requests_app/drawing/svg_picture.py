"""A city's own SVG, reduced to what can be drawn: an SVG is a document, and could run scripts and load from other sites.

Shapes, text, gradients and clips are kept. What drawing programs add for themselves is left out without a word; whatever could
run or load something is refused, so that nobody wonders why half of their seal is missing.
"""

import io
import re
from xml.etree import ElementTree
from xml.parsers import expat

MAX_BYTES = 100_000
ELEMENTS_MAX = 5000
DEPTH_MAX = 50
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
DRAWN = {
    "svg", "g", "defs", "title", "desc", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
    "text", "tspan", "textPath", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "marker", "style",
    "filter", "feGaussianBlur", "feOffset", "feBlend", "feMerge", "feMergeNode", "feColorMatrix", "feComposite", "feFlood",
}  # fmt: skip
LEFT_OUT = {"metadata", "switch", "view"}
# Inside the file, or nothing at all.
OWN_REFERENCE = re.compile(r"#[\w.:-]+")
# A style may refer to the file's own parts only: no @import, no url() of another site, no escapes that could hide one.
OUTSIDE_STYLE = re.compile(r"@|\\|expression|javascript|url\(\s*(?!['\"]?#)", re.IGNORECASE)


class SvgRefused(Exception):
    """code: not_svg, too_big, too_complex, active (what: the element or attribute) or outside (it loads something)."""

    def __init__(self, code: str, what: str = "") -> None:
        self.code, self.what = code, what
        super().__init__(f"{code} {what}".strip())


def cleaned(content: bytes) -> bytes:
    """The SVG with nothing in it but shapes. Raises SvgRefused."""
    if len(content) > MAX_BYTES:
        raise SvgRefused("too_big")
    root = _parsed(content)
    if root.tag != f"{{{SVG}}}svg":
        raise SvgRefused("not_svg")
    _clean(root, 0)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    out: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return out


def _parsed(content: bytes) -> ElementTree.Element:
    """Parses without entities and instructions: a bomb of entities, or a style sheet from elsewhere, is never read."""
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > ELEMENTS_MAX:
            raise SvgRefused("too_complex")
        builder.start(_tag(name), {_tag(key): value for key, value in attributes.items()})

    def entity(*_: object) -> None:
        raise SvgRefused("active", "<!ENTITY>")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: builder.end(_tag(name))
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = entity
    try:
        parser.ParseFile(io.BytesIO(content))
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError) as error:
        raise SvgRefused("not_svg") from error


def _tag(name: str) -> str:
    return "{" + name if "}" in name else name


def _clean(element: ElementTree.Element, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise SvgRefused("too_complex")
    for child in list(element):
        namespace, _, name = child.tag.removeprefix("{").partition("}")
        if namespace == SVG and name in DRAWN:
            _clean(child, depth + 1)
        elif namespace in (SVG, "", "http://www.w3.org/1999/xhtml") and name not in LEFT_OUT:
            raise SvgRefused("active", name or namespace)
        else:
            element.remove(child)
    if element.tag == f"{{{SVG}}}style" and OUTSIDE_STYLE.search(element.text or ""):
        raise SvgRefused("outside", "style")
    for key, value in list(element.attrib.items()):
        namespace, _, name = key.removeprefix("{").rpartition("}")
        if not namespace and name.lower().startswith("on"):
            raise SvgRefused("active", name)
        if name == "href":
            if not OWN_REFERENCE.fullmatch(value.strip()):
                raise SvgRefused("outside", name)
        elif namespace:
            # inkscape:label, sodipodi:nodetypes … and xml:base, which would move all references elsewhere.
            del element.attrib[key]
        elif OUTSIDE_STYLE.search(value) and ("url" in value.lower() or name == "style"):
            raise SvgRefused("outside", name)
