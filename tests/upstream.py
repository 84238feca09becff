"""What the makers of a kind have against a manifest, as the definitions in the reference material say."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
_CHECKER = SHARED / "tools" / "check_manifests.py"


def unfit(manifest: Mapping[str, Any]) -> list[str]:
    """What a strict reading finds; the test is skipped where the reference material is not beside the checkout."""
    module, schemas = _checker(manifest["apiVersion"].partition("/")[0])
    found: list[str] = []
    module.check(schemas[manifest["apiVersion"], manifest["kind"]], manifest, "", found, root=True)
    return found


@cache
def _checker(group: str) -> tuple[Any, Any]:
    """The reference material's own checker, and what it reads of that API group: all of it would take a minute."""
    if not _CHECKER.exists():
        pytest.skip("the reference material is not beside the checkout")
    spec = importlib.util.spec_from_file_location("check_manifests", _CHECKER)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    module.yaml = SimpleNamespace(safe_load_all=lambda text: yaml.load_all(text, Loader=fast))
    of_group = [path for path in (SHARED / "crds").glob("*/*.yaml") if f"group: {group}\n" in path.read_text()]
    module.CRDS = SimpleNamespace(glob=lambda _: of_group)
    return module, module.load_schemas()
