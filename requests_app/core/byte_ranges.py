"""Files that are sent in part, as players of sound ask for them (RFC 9110, section 14)."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK_BYTES = 65_536
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def response(file: IO[bytes], *, size: int, content_type: str, range_header: str) -> HttpResponseBase:
    """The file, or the part of it that the header Range asks for: 206, or 416 if it lies behind its end. Closes the file.

    What isn't one range of bytes is as good as none.
    """
    span = _span(range_header, size)
    if span is None:
        return _sent(file, 0, size, content_type, status=200)
    start, stop = span
    if start >= stop:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    answer = _sent(file, start, stop, content_type, status=206)
    answer["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return answer


def _span(header: str, size: int) -> tuple[int, int] | None:
    """From where up to where, the end excluded. None: the whole file."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        # The last so many bytes.
        return max(0, size - int(match[2])), size
    start = int(match[1])
    if not match[2]:
        return start, size
    return None if int(match[2]) < start else (start, min(int(match[2]) + 1, size))


def _sent(file: IO[bytes], start: int, stop: int, content_type: str, *, status: int) -> HttpResponseBase:
    answer = StreamingHttpResponse(_chunks(file, start, stop), status=status, content_type=content_type)
    answer["Content-Length"] = str(stop - start)
    answer["Accept-Ranges"] = "bytes"
    return answer


def _chunks(file: IO[bytes], start: int, stop: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < stop and (chunk := file.read(min(CHUNK_BYTES, stop - start))):
            start += len(chunk)
            yield chunk
