"""Whether a newer release is out: reads the feed of release notes (Atom), if the operator has named one."""

import re
import urllib.request
from xml.etree import ElementTree

from config.lampctl import settings_files
from config.lampctl.place import Place
from config.lampctl.shell import Refusal

WITHIN_S = 10
MOST_BYTES = 1_000_000
ATOM = "{http://www.w3.org/2005/Atom}"


def sentence(place: Place, running: str) -> str:
    """Raises Refusal if the feed can't be read."""
    file = place.settings / "install.env"
    address = (settings_files.read(file) if file.exists() else {}).get("RELEASES_URL", "")
    if not address:
        return f"Looking for releases is off: {file} has no RELEASES_URL."
    newer = [(version, text) for version, text in _entries(address) if _numbers(version) > _numbers(running)]
    if not newer:
        return f"{running} is the newest release."
    newest = max((version for version, _ in newer), key=_numbers)
    fixes = sorted(
        (version for version, text in newer if re.search(r"\bsecurity\b", text, re.IGNORECASE)), key=_numbers
    )
    if fixes:
        return f"A fix of security waits: {newest} is out, {running} is running, and {fixes[-1]} has the fix."
    return f"{newest} is out, without a fix of security; {running} is running."


def _entries(address: str) -> list[tuple[str, str]]:
    """Version and text of each."""
    if not address.startswith(("https://", "file://")):
        raise Refusal("RELEASES_URL must begin with https://.")
    try:
        with urllib.request.urlopen(address, timeout=WITHIN_S) as answer:  # noqa: S310 (checked above)
            # Debian's expat refuses entities that grow without end.
            feed = ElementTree.fromstring(answer.read(MOST_BYTES))  # noqa: S314
    except (OSError, ValueError, ElementTree.ParseError) as error:
        raise Refusal(f"The feed at RELEASES_URL can't be read: {error}") from error
    entries = []
    for entry in feed.iter(f"{ATOM}entry"):
        title = entry.findtext(f"{ATOM}title") or ""
        version = re.search(r"\d+\.\d+\.\d+", title)
        if version:
            entries.append((version[0], " ".join(entry.itertext())))
    return entries


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
