"""What every edit of setup may run into: someone else's, and words that are missing."""

from typing import Any


class ChangedMeanwhile(Exception):
    """Someone else saved the row after the editor had opened it. current: the row as it is now, as the log of setup writes it."""

    def __init__(self, current: dict[str, Any], revision: int) -> None:
        self.current, self.revision = current, revision
        super().__init__(f"It is revision {revision} by now.")


class MissingWords(Exception):
    """Residents of some languages would read nothing. languages: their codes."""

    def __init__(self, languages: list[str]) -> None:
        self.languages = languages
        super().__init__(", ".join(languages))
