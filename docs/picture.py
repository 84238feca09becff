"""Makes docs/console.svg, the README's picture, from the console itself on the embedded cluster: `python docs/picture.py`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.cluster import cluster  # noqa: E402

from modeltui.options import ConsoleOptions  # noqa: E402
from modeltui.remembered import Remembered  # noqa: E402
from modeltui.settings import Settings  # noqa: E402
from modeltui.ui.console import ConsoleApp  # noqa: E402
from modeltui.ui.screens.browse import BrowseScreen  # noqa: E402

SIZE = (120, 30)
SHOWN = "bge-m3"


async def picture(kubeconfig: Path) -> str:
    """The Models of team-nlp as SVG, once they are on the screen and nothing is marked as changed any more."""
    options = ConsoleOptions(kubeconfig=str(kubeconfig), context="viewer", namespaces=("team-nlp",))
    app = ConsoleApp(options, settings=Settings(), memory=Remembered())
    async with app.run_test(size=SIZE) as pilot:
        while not (isinstance(app.screen, BrowseScreen) and app.screen.table.row(("team-nlp", SHOWN))):
            await pilot.pause(0.1)
        await pilot.press("down", "down")
        await pilot.pause(2.5)
        return app.export_screenshot(title="modeltui")


def main() -> None:
    with tempfile.TemporaryDirectory(), cluster("--steady") as server:
        svg = asyncio.run(picture(server.kubeconfig))
    (ROOT / "docs" / "console.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
