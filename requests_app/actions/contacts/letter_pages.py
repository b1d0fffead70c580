"""Scans of letters: drawn page by page in the child process that decodes photos. What was uploaded is never kept."""

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _

from requests_app import photos
from requests_app.actions.contacts import contacts
from requests_app.models import Contact, ContactRequest, LetterPage, User
from requests_app.rules.contacts.slips import OWN

log = structlog.get_logger(__name__)

# The folder of LetterPage.path.
FOLDER = "letters"
PAGES_MAX = 40
PDF_MAX_BYTES = 40 * 1024 * 1024
# Before it, some programs write other bytes.
PDF_BEGINS, PDF_BEGINS_WITHIN = b"%PDF-", 1024


@dataclass(frozen=True)
class Drawn:
    """A page in a folder that is about to go."""

    large: Path
    small: Path
    width: int
    height: int


def refusal_message(code: str) -> str:
    """code: photo_decoder's, or pdf_too_big."""
    return {
        "pdf_too_big": _("This PDF is larger than 40 MB. Scan it in black and white, or in parts."),
        "encrypted": _("This PDF is locked with a password. Save it without one and add it again."),
        "too_many_pages": _("A letter can have up to %(most)s pages.") % {"most": PAGES_MAX},
        "too_big": _("This photo is larger than 12 MB. Choose a smaller one."),
        "not_a_photo": _("We can’t read this file. Use a PDF, or JPEG, PNG, WebP or HEIC photos."),
    }.get(code, _("We can’t read this file. It’s damaged or incomplete. Scan the letter again."))


def add(contact: Contact, files: Sequence[UploadedFile], *, actor: User) -> int:
    """Adds the pages of PDFs and photos to a letter, all or none. Returns how many there are then.

    Raises photos.PhotoRefused, which says why; photos.StorageFailed, photos.Busy and contacts.Closed.
    """
    room = PAGES_MAX - LetterPage.objects.filter(contact=contact).count()
    pages: list[LetterPage] = []
    with ExitStack() as undo:
        undo.callback(lambda: delete_files(pages))
        for file in files:
            with tempfile.TemporaryDirectory(prefix="lamplighter-letter-") as folder:
                for drawn in _draw(file, Path(folder)):
                    if len(pages) >= room:
                        raise photos.PhotoRefused(refusal_message("too_many_pages"))
                    page = LetterPage(
                        contact=contact,
                        name=secrets.token_hex(16),
                        width=drawn.width,
                        height=drawn.height,
                        added_by=actor,
                    )
                    pages.append(page)
                    _save(page, drawn)
        count = _number(contact, pages)
        undo.pop_all()
    return count


@transaction.atomic
def _number(contact: Contact, pages: list[LetterPage]) -> int:
    """Stores the rows after those that there are. Somebody else may have added some meanwhile."""
    contacts.lock_open(contact)
    last = LetterPage.objects.filter(contact=contact).aggregate(last=Max("number"))["last"] or 0
    if last + len(pages) > PAGES_MAX:
        raise photos.PhotoRefused(refusal_message("too_many_pages"))
    for number, page in enumerate(pages, last + 1):
        page.number = number
    LetterPage.objects.bulk_create(pages)
    return last + len(pages)


def _draw(file: UploadedFile, folder: Path) -> Iterator[Drawn]:
    """Raises photos.PhotoRefused and photos.Busy."""
    head = file.read(PDF_BEGINS_WITHIN)
    is_pdf = PDF_BEGINS in head
    most, too_big = (PDF_MAX_BYTES, "pdf_too_big") if is_pdf else (settings.PHOTO_MAX_BYTES, "too_big")
    if (file.size or 0) > most:
        raise photos.PhotoRefused(refusal_message(too_big))
    source = folder / "upload"
    with source.open("wb") as copy:
        copy.write(head)
        for chunk in iter(lambda: file.read(1 << 20), b""):
            copy.write(chunk)
    if not is_pdf:
        large, small = folder / "large.jpg", folder / "small.jpg"
        decoded = photos.run_decoder(str(source), str(large), str(small), message_of=refusal_message)
        yield Drawn(large, small, decoded["width"], decoded["height"])
        return
    first, count = 0, 1
    while first < count:
        drawn = photos.run_decoder(str(source), str(folder), str(first), "--pages", message_of=refusal_message)
        count = drawn["count"]
        for number, (width, height) in enumerate(drawn["pages"], first):
            yield Drawn(folder / f"{number}.jpg", folder / f"{number}-small.jpg", width, height)
        first += len(drawn["pages"])


# --- Files ------------------------------------------------------------------------------------------------------------


def _save(page: LetterPage, drawn: Drawn) -> None:
    """Before the rows: a crash in between leaves files that the nightly sweep deletes, and never a row without its files."""
    try:
        default_storage.save(page.path, ContentFile(drawn.large.read_bytes()))
        default_storage.save(page.small_path, ContentFile(drawn.small.read_bytes()))
    except Exception as error:
        # A disk, a bucket and a client library each have their own exceptions.
        log.error("letter_page_not_stored", error=type(error).__name__)
        raise photos.StorageFailed from error


def delete_files(pages: Sequence[LetterPage]) -> None:
    for page in pages:
        default_storage.delete(page.path)
        default_storage.delete(page.small_path)


@transaction.atomic
def remove(contact: Contact) -> None:
    """The whole scan: it was the wrong one. Raises contacts.Closed."""
    contacts.lock_open(contact)
    _delete(list(contact.letter_pages.all()))


def _delete(pages: list[LetterPage]) -> None:
    LetterPage.objects.filter(pk__in=[page.pk for page in pages]).delete()
    # After the commit, so that a rollback loses no file. What a crash leaves has no row.
    transaction.on_commit(lambda: delete_files(pages))


@transaction.atomic
def erase_of(contacts_ids: Sequence[int]) -> None:
    """With the person who wrote them, or with what was made of them."""
    _delete(list(LetterPage.objects.filter(contact__in=contacts_ids)))


@transaction.atomic
def delete_unused() -> None:
    """Of letters that were closed and became no request."""
    own = ContactRequest.objects.filter(contact=OuterRef("contact"), role__in=OWN)
    closed = LetterPage.objects.exclude(contact__closed_at=None)
    _delete(list(closed.exclude(Exists(own))))
