"""Static files outside development: hashed names, compressed at build time, cached by browsers for a year."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Requested by their plain names: style sheets of the error pages, which cannot use the manifest.
PLAIN = ("css/", "vendor/uswds/")


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    # RFC 9111 caches treat anything longer as a year.
    FOREVER = 365 * 86_400


class HashedStaticFiles(ManifestStaticFilesStorage):
    # Rewrites `import … from "./map-base.js"` too; otherwise browsers would mix old and new modules.
    support_js_module_import_aggregation = True


class CompressedFiles(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True

    def compress_files(self, paths: Iterable[str]) -> Any:
        """Compresses copies with plain names only if they are requested (PLAIN), which halves the work.

        No browser asks for a source map, or for the letters of pictures (places/map_picture.py).
        """
        plain = set(self.hashed_files)
        wanted = [path for path in paths if path not in plain or path.startswith(PLAIN)]
        return super().compress_files([path for path in wanted if not path.endswith((".map", ".ttf"))])
