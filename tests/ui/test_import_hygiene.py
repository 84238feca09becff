"""What the first frame may import: nothing that talks to a cluster."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "kubernetes",
    "httpx",
    "yaml",
    "modeltui.domain",
    "modeltui.kube.resource",
    "modeltui.kube.session",
    "modeltui.kube.client",
    "modeltui.systems",
    "modeltui.catalog",
    "modeltui.prompting",
    "modeltui.logs",
    "modeltui.demo",
)

PROGRAM = """
import asyncio, sys
from modeltui.options import ConsoleOptions
import modeltui.ui.app
assert not [name for name in sys.modules if name.split(".")[0] == "textual"], "textual before the environment is prepared"
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp

class Stopped(ConsoleApp):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.connecting.begin = lambda: self.exit(0)          # the first frame is painted, nothing else has been asked for

async def main():
    app = Stopped(ConsoleOptions(), settings=Settings(), memory=Remembered())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "Connecting" in app.export_screenshot()
    print(" ".join(sys.modules))

asyncio.run(main())
"""


def test_the_first_frame_needs_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = set(done.stdout.split())
    assert "modeltui.ui.console" in loaded
    assert [name for name in HEAVY if name in loaded] == []
