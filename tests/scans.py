"""Scans of letters: PDFs as scanners make them, and such as nobody should open."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
# Needs a password that nobody knows.
_LOCK = b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>/ID[<00><00>]" % (b"11" * 32, b"22" * 32)


def photo(color: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), color).save(out, "JPEG")
    return out.getvalue()


def pdf(pages: int = 1, *, page: bytes = _PAGE, drawing: bytes = b"0 0 300 300 re f", trailer: bytes = b"") -> bytes:
    """The same page several times, black in a corner."""
    kids = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b"3 0 R " * pages, pages)
    return _file([_CATALOG, kids, page, _stream(b"", drawing)], trailer)


def locked() -> bytes:
    return pdf(trailer=_LOCK)


def huge() -> bytes:
    """Says that its page is a billion points high."""
    return pdf(page=_PAGE.replace(b"612 792", b"1e9 1e9"))


def laughs() -> bytes:
    """Ten drawings that each draw the next one ten times."""
    kids = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    objects = [_CATALOG, kids, _PAGE, _stream(b"", b"/X Do")]
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]"
    for number in range(6, 16):
        objects.append(_stream(form + b"/Resources<</XObject<</X %d 0 R>>>>" % number, b"/X Do " * 10))
    return _file([*objects, _stream(form, b"0 0 100 100 re f")], b"")


def upload(content: bytes, name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def _file(objects: list[bytes], trailer: bytes) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    return (
        out
        + table
        + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(objects) + 1,
            trailer,
            len(out),
        )
    )
