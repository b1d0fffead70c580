"""Brotli for what a page says, blurred so that its size tells nothing.

Packing may tell who watches the line, by the size, what a page holds beside words of the watcher's own (BREACH). Here:

* a CSRF token is masked anew on each page, so that it is never found twice;
* what one person alone may read needs a cookie that other sites' pictures, scripts and forms do not get (SameSite=Lax);
* and the size is blurred by up to a hundred bytes of noise, as Django does with gzip, which makes a thousand times as many
  tries of what is left: pages that the watcher makes a browser open, one window each.
"""

import secrets

import brotli
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

# The best size for the time of a page: the next steps cost twice as much for a fiftieth.
QUALITY = 5
# Below this, packing makes it longer.
SHORT = 200
NOISE_MAX = 100


def takes_brotli(accepted: str) -> bool:
    """accepted: a browser's Accept-Encoding, such as "gzip, br;q=0.8"."""
    for offer in accepted.lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() == "br":
            return weight.strip().removeprefix("q=").strip("0.") != "" or not weight
    return False


def pack(response: HttpResponse) -> HttpResponse:
    if len(response.content) < SHORT or response.has_header("Content-Encoding"):
        return response
    patch_vary_headers(response, ("Accept-Encoding",))
    response.content = packed_with_noise(response.content)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Content-Encoding"] = "br"
    # The same page, not the same bytes.
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        response.headers["ETag"] = f"W/{etag}"
    return response


def packed_with_noise(content: bytes) -> bytes:
    """One Brotli stream; between its parts stands a block that every reader skips (RFC 7932, section 9.2, MSKIPLEN)."""
    compressor = brotli.Compressor(mode=brotli.MODE_TEXT, quality=QUALITY)
    start: bytes = compressor.process(content) + compressor.flush()
    noise = secrets.token_bytes(secrets.randbelow(NOISE_MAX) + 1)
    # Not the last; no nibbles of length; one byte of length to skip; then that length, less one.
    head = (3 << 1 | 1 << 4 | (len(noise) - 1) << 6).to_bytes(2, "little")
    return start + head + noise + bytes(compressor.finish())
