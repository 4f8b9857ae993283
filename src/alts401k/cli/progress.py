"""How far a long run has come, on standard error: one changing line on a terminal, a line now and then elsewhere."""

import sys
import time
from types import TracebackType

QUIET_SECONDS = 10.0  # elsewhere than on a terminal, at most one line in this time
REDRAW_SECONDS = 0.1

# The one clock of the command, for what measures speed; no result depends on it.
clock = time.perf_counter


class Progress:
    """What a verb calls as `progress(stage, done, total)`; a context, so that the line is gone at the end."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self.live = sys.stderr.isatty()
        self.stage = ""
        self.drawn = 0.0 if self.live else time.monotonic()
        self.width = 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._clear()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Shows that `done` of `total` of `stage` is finished; `total` 0 means that it is not known."""
        if self.quiet:
            return
        now = time.monotonic()
        wait = REDRAW_SECONDS if self.live else QUIET_SECONDS
        if now - self.drawn < wait and not (self.live and stage != self.stage):
            return
        self.drawn, self.stage = now, stage
        text = f"{stage} {done * 100 // total}%" if total > 0 else stage
        if self.live:
            sys.stderr.write("\r" + text[:79].ljust(self.width))
            self.width = len(text[:79])
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def _clear(self) -> None:
        if self.live and self.width:
            sys.stderr.write("\r" + " " * self.width + "\r")
            sys.stderr.flush()
            self.width = 0
