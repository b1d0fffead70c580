"""What everyone would read of an “I don’t know” report, with the words that may name someone marked for staff."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from requests_app.models import ServiceRequest
from requests_app.rules.publication import public_texts, public_words


@dataclass(frozen=True)
class Piece:
    text: str
    # May be someone's name, phone number, address for email or plate.
    is_marked: bool = False


def preview(service_request: ServiceRequest) -> list[tuple[str, list[Piece]]]:
    """Label and text, in pieces."""
    texts = [(_("Public text"), "text", text.text) for text in public_texts.public_texts(service_request)]
    if service_request.address:
        texts.append((_("Place"), "address", service_request.address))
    return [(label, _pieces(where, words)) for label, where, words in texts]


def _pieces(where: str, text: str) -> list[Piece]:
    pieces, end = [], 0
    for found in public_words.found_in(where, text):
        pieces += [Piece(text[end : found.start]), Piece(found.text, is_marked=True)]
        end = found.end
    return [piece for piece in [*pieces, Piece(text[end:])] if piece.text]
