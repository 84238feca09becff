"""The wheel carries everything, and works where nothing of the checkout is."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, as an installation lays it out."""
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("no checkout to build from")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    wheel = next(folder.glob("*.whl"))
    target = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def test_styles_catalogs_and_crds_are_inside(unpacked: Path) -> None:
    for folder, kind in (("styles", "tcss"), ("catalogs", "yaml")):
        here = {path.name for path in (ROOT / folder).glob(f"*.{kind}")}
        assert here
        assert {path.name for path in (unpacked / "modeltui" / folder).glob(f"*.{kind}")} == here
    crds = {path.name for path in (ROOT / "src/modeltui/demo/crds").glob("*.yaml")}
    assert crds
    assert {path.name for path in (unpacked / "modeltui/demo/crds").glob("*.yaml")} == crds


def test_the_installed_package_finds_its_own_data(unpacked: Path, tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
        "import modeltui.paths as paths\n"
        "print(paths.__file__); print(paths.styles_dir()); print(paths.catalogs_dir())\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert all(line.startswith(str(unpacked)) for line in ran.stdout.splitlines())
    assert len(ran.stdout.splitlines()) == 3
