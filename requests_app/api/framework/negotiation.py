"""Which renderer answers, and which parser reads."""

from collections.abc import Iterable

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class FormatByEnding(BaseContentNegotiation):
    """The address's ending chooses the format, whatever the Accept header says: no answer is a 406 or a 415."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        renderer = next((one for one in renderers if one.format == format_suffix), renderers[0])
        return renderer, renderer.media_type

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        """By the type alone; the last parser takes every other one."""
        parsers = list(parsers)
        media_type = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), parsers[-1])


class OnlyKnownTypes(FormatByEnding):
    """A body of a type that no parser reads is a 415, not ignored."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:  # type: ignore[override]
        media_type = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)
