"""Computes what a stored photo looks like, in a worker: the first hash of a process loads SciPy, which takes a second."""

from django.core.files.storage import default_storage
from PIL import Image

from requests_app.models import OutboxRow, Photo

# Fewer set bits than this: one color, or a gradient, of which many pictures have nearly the same.
LEAST_BITS = 12


def hash_row(row: OutboxRow) -> None:
    """The row's dedupe_key ends with the photo's name."""
    photo = Photo.objects.filter(name=row.dedupe_key.partition(":")[2]).only("name").first()
    if photo is None or not default_storage.exists(photo.small_path):
        # Removed meanwhile.
        return
    with default_storage.open(photo.small_path) as file, Image.open(file) as image:
        Photo.objects.filter(pk=photo.pk).update(picture_hash=hash_of(image))


def hash_of(image: Image.Image) -> int | None:
    """64 bits with a sign, as the database has them; None if the picture says too little."""
    import imagehash

    bits = int(str(imagehash.phash(image)), 16)
    if not LEAST_BITS <= bits.bit_count() <= 64 - LEAST_BITS:
        return None
    return bits - (1 << 64) if bits >> 63 else bits
