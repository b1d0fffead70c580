"""Progress of an import: a progress bar on a terminal, one line per finished step elsewhere."""

import sys
import time
from typing import TextIO

WIDTH = 24
# At most ten redraws a second.
EVERY_S = 0.1


class Progress:
    """Call step("Addresses", 28043), then advance(); the next step() or finish() ends the step."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.on_terminal = self.stream.isatty()
        self.what = ""

    def step(self, what: str, total: int | None = None) -> None:
        self.finish()
        self.what, self.total, self.done = what, total, 0
        self.began_at, self.drawn_at = time.monotonic(), 0.0
        self._draw()

    def advance(self, count: int = 1) -> None:
        self.done += count
        if time.monotonic() - self.drawn_at > EVERY_S:
            self._draw()

    def say(self, message: str) -> None:
        """Prints a line above the progress bar, such as why a row was skipped."""
        if self.on_terminal:
            self.stream.write("\r\x1b[K")
        self.stream.write(f"{message}\n")
        self._draw()

    def finish(self) -> None:
        if self.what:
            seconds = time.monotonic() - self.began_at
            count = f"{self.done:>9,}" if self.done else " " * 9
            start = "\r\x1b[K" if self.on_terminal else ""
            self.stream.write(f"{start}{self.what:<42} {count}  {seconds:6.1f} s\n")
            self.stream.flush()
        self.what = ""

    def _draw(self) -> None:
        if not self.on_terminal or not self.what:
            return
        self.drawn_at = time.monotonic()
        bar = f"{self.done:,}" if self.done else ""
        if self.total:
            share = min(self.done / self.total, 1.0)
            full = round(share * WIDTH)
            bar = f"{'█' * full}{'░' * (WIDTH - full)} {share:4.0%}"
        self.stream.write(f"\r\x1b[K{self.what:<42} {bar}")
        self.stream.flush()


class Silent(Progress):
    """Prints nothing."""

    def _draw(self) -> None: ...

    def finish(self) -> None: ...

    def say(self, message: str) -> None: ...
