"""Which photos of a request show it before and after the work, by one rule for every page that sets them side by side."""

from collections.abc import Iterable

from requests_app.models import Photo


def before_and_after(photos: Iterable[Photo], *, is_fixed: bool) -> tuple[Photo, Photo] | None:
    """Of the photos that a reader may see, oldest first. None if one of the two is missing.

    Before: the crew's own, else the first of the report. After: the newest that the crew named so; of a fixed request where nobody
    said which is which, the newest of the work.
    """
    given = list(photos)
    work = [photo for photo in given if photo.kind == Photo.Kind.WORK]
    before = [photo for photo in work if photo.stage == Photo.Stage.BEFORE]
    after = [photo for photo in work if photo.stage == Photo.Stage.AFTER]
    if not after and not before and is_fixed:
        after = work
    before = before or [photo for photo in given if photo.kind == Photo.Kind.REPORT]
    return (before[0], after[-1]) if before and after else None
