"""Static files in production and the demo: names that their content gives, packed once, kept by browsers for a year."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What is asked for by its plain name: the failure pages' style sheets, which know no manifest, and the map's letters.
PLAIN = ("css/", "vendor/uswds/", "vendor/glyphs/")


class StaticFiles(WhiteNoiseMiddleware):
    # Longer than a year means a year to every cache (RFC 9111).
    FOREVER = 365 * 86_400


class HashedFiles(ManifestStaticFilesStorage):
    # `import … from "./map-base.js"` names the hashed file too, or a browser would keep an old one beside the new.
    support_js_module_import_aggregation = True


class PackedFiles(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True

    def compress_files(self, paths: Iterable[str]) -> Any:
        """Half the work: a copy with a plain name is packed only if somebody asks for it."""
        plain = set(self.hashed_files)
        return super().compress_files([path for path in paths if path not in plain or path.startswith(PLAIN)])
