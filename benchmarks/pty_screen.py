"""A program in a real pseudo-terminal: what it writes, byte for byte, and what a person would see.

Answers the one question that decides what Textual writes around each frame (synchronized output, DECRQM 2026) as
current terminals do, so that the counted bytes are those of a real session.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte

_SYNC_QUERY = b"\x1b[?2026$p"
_SYNC_ANSWER = b"\x1b[?2026;2$y"
# Sequences of newer terminals that pyte would print: private CSI with intermediates, kitty keyboard, synchronized output.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=?][0-9;]*\$?[up]|\x1b\[\?2026[hl]|\x1bP[^\x1b]*\x1b\\|\x1b_[^\x1b]*\x1b\\")


class PtyScreen:
    """Use as a context manager: the program is ended on leaving."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 160,
        lines: int = 45,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
    ) -> None:
        """`environment`: added to PATH, HOME and a 24-bit colour TERM; nothing else is inherited, SSH_CONNECTION least."""
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.output = bytearray()
        self._fed = 0
        self._answered = False
        base = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
        terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            list(command),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**base, **terminal, **(environment or {})},
            cwd=directory,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> PtyScreen:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # ---- output

    def pump(self, timeout: float = 0.0) -> int:
        """Read what is there, waiting up to `timeout` seconds for the first of it. The number of bytes read."""
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return 0
        try:
            chunk = os.read(self._master, 65536)
        except OSError:  # EIO: the program closed the terminal
            return 0
        self.output += chunk
        if not self._answered and _SYNC_QUERY in self.output:
            self._answered = True
            self.send(_SYNC_ANSWER)
        return len(chunk)

    def count(self, seconds: float) -> int:
        """Bytes written during the next `seconds`."""
        before, end = len(self.output), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.pump(left)
        return len(self.output) - before

    def settle(self, quiet: float = 0.5, *, timeout: float = 30.0) -> None:
        """Until nothing was written for `quiet` seconds. Raises TimeoutError."""
        end = time.monotonic() + timeout
        while self.pump(quiet):
            if time.monotonic() > end:
                raise TimeoutError(f"still writing after {timeout} s")

    def wait(self, seen: Callable[[str], bool] | str, *, timeout: float = 30.0) -> str:
        """Until the screen's text contains, or satisfies, what is waited for; the screen. Raises TimeoutError."""
        holds = (lambda screen: seen in screen) if isinstance(seen, str) else seen
        end = time.monotonic() + timeout
        while not holds(screen := self.text()):
            if time.monotonic() > end:
                raise TimeoutError(f"not on the screen after {timeout} s:\n{screen}")
            if not self.pump(0.05) and self.process.poll() is not None:
                raise TimeoutError(f"the program ended with {self.process.returncode}:\n{screen}")
        return screen

    def text(self) -> str:
        """The screen as a person sees it, one line per row."""
        # Up to the last complete sequence: a cut one is fed with the rest of it next time.
        end = len(self.output) if self.output[-1:].isalnum() or len(self.output) - self._fed < 64 else self._last_escape()
        fresh = bytes(self.output[self._fed : end])
        self._fed = end
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", fresh))
        return "\n".join(self._screen.display)

    def look(self) -> list[list[tuple[object, ...]]]:
        """Every character with its colours and attributes."""
        self.text()
        lines, columns = self._screen.lines, self._screen.columns
        buffer = self._screen.buffer
        return [[tuple(buffer[y][x]) for x in range(columns)] for y in range(lines)]

    def _last_escape(self) -> int:
        return max(self.output.rfind(b"\x1b", self._fed), self._fed)

    def settings(self) -> list[object]:
        """The terminal's line settings (echo, line mode, ...), as `termios` gives them: a program must leave them as they were."""
        return termios.tcgetattr(self._master)

    # ---- input

    def send(self, data: bytes) -> None:
        os.write(self._master, data)

    def close(self) -> None:
        """End the program (SIGTERM, then SIGKILL) and give the terminal back."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            end = time.monotonic() + 3
            while self.process.poll() is None and time.monotonic() < end:
                self.pump(0.05)
            if self.process.poll() is None:
                self.process.kill()
        self.process.wait()
        os.close(self._master)
