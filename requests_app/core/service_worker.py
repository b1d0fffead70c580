"""The script of a service worker, with the static files that it keeps for pages without a network."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.templatetags.static import static


def worker_script(shell: dict[str, Any], scripts: Sequence[str], files: Sequence[str]) -> HttpResponse:
    """A service worker for static/js/offline/worker.js. shell: what it caches, and its name; files: what its version depends on."""
    shell["files"] = [static(name) for name in files]
    shell["version"] = hashlib.sha256(f"{json.dumps(shell)}{_content((*files, *scripts))}".encode()).hexdigest()[:12]
    names = ", ".join(json.dumps(static(name)) for name in scripts)
    script = f"self.SHELL = {json.dumps(shell)};\nimportScripts({names});\n"
    return HttpResponse(script, content_type="text/javascript")


@cache
def _content(files: tuple[str, ...]) -> str:
    """A version of the cached files: the manifest's hash, or a hash of their content in development, where names are not hashed."""
    if hashed := getattr(staticfiles_storage, "manifest_hash", ""):
        return str(hashed)
    found = [finders.find(name) for name in files]
    return hashlib.sha256(b"".join(Path(str(path)).read_bytes() for path in found if path)).hexdigest()
