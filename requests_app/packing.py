"""Brotli compression of pages, with random padding against BREACH.

The size of a compressed page may tell an eavesdropper whether a guess that appears on it repeats something secret. So:

* CSRF tokens are masked differently on each page and never repeat;
* private pages need a cookie that is not sent with cross-site images, scripts and forms (SameSite=Lax);
* up to 100 random bytes are added, as Django does with gzip. That multiplies the attempts needed by a thousand, and the
  only requests left to an attacker are pages opened in a window, one at a time.
"""

import secrets

import brotli
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

# The best trade-off for a page: each further level takes twice the time to save 2%.
QUALITY = 5
# In bytes; compressing shorter responses makes them longer.
SHORT = 200
NOISE_MAX = 100


def takes_brotli(accepted: str) -> bool:
    """accepted: an Accept-Encoding header, such as "gzip, br;q=0.8"."""
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
    # Weak: the same page, but not the same bytes.
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        response.headers["ETag"] = f"W/{etag}"
    return response


def packed_with_noise(content: bytes) -> bytes:
    """One Brotli stream with a metadata block of random length, which decoders skip (RFC 7932, section 9.2, MSKIPLEN)."""
    compressor = brotli.Compressor(mode=brotli.MODE_TEXT, quality=QUALITY)
    start: bytes = compressor.process(content) + compressor.flush()
    noise = secrets.token_bytes(secrets.randbelow(NOISE_MAX) + 1)
    # ISLAST=0, MNIBBLES=0, MSKIPBYTES=1, then the skip length minus one.
    head = (3 << 1 | 1 << 4 | (len(noise) - 1) << 6).to_bytes(2, "little")
    return start + head + noise + bytes(compressor.finish())
