"""When the console itself fails: the terminal is given back first, then one file says what happened, without secrets."""

from __future__ import annotations

import logging
import os
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from modeltui import __version__, paths

KEPT: Final = 200
"""Log lines in a crash file."""


class Ring(logging.Handler):
    """The newest log lines, in memory only: nothing is printed over the screen."""

    def __init__(self, limit: int = KEPT) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self.lines: deque[str] = deque(maxlen=limit)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def start_logging(*, file: str | None = None) -> Ring:
    """Log to memory, and to `file` (0600) when given. Redacted when written out, since only then somebody reads it."""
    ring = Ring()
    root = logging.getLogger("modeltui")
    root.handlers[:] = [ring]
    root.setLevel(logging.DEBUG if file else logging.INFO)
    root.propagate = False
    if file:
        handler = _RedactedFile(file)
        handler.setFormatter(ring.formatter)
        root.addHandler(handler)
    return ring


class _RedactedFile(logging.StreamHandler):  # type: ignore[type-arg]  # generic in stubs only
    def __init__(self, path: str) -> None:
        super().__init__(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8"))

    def format(self, record: logging.LogRecord) -> str:
        from modeltui.redaction import redact_text  # its patterns cost 5 ms, and the first frame does not wait for them

        return redact_text(super().format(record))


def report(error: BaseException, lines: deque[str] | list[str]) -> str:
    """The text of a crash file: no local variables (they hold objects), every line redacted."""
    import platform
    import traceback

    from modeltui.redaction import redact_text

    trace = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
    head = [
        f"modeltui {__version__}",
        f"Python {platform.python_version()} on {platform.system()} {platform.release()}, TERM={os.environ.get('TERM', '')}",
        datetime.now(UTC).isoformat(timespec="seconds"),
    ]
    return redact_text("\n".join([*head, "", trace, f"Last {len(lines)} log lines:", *lines, ""]))


def write(error: BaseException, lines: deque[str] | list[str], *, folder: Path | None = None) -> Path:
    """Writes the report, readable by its owner only, and returns its path. Raises OSError when it cannot be written."""
    folder = folder or paths.crash_dir()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"crash-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(report(error, lines))
    return path
