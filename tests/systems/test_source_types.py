from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.redaction import HARMLESS_OPTIONS
from modeltui.systems.source_types import CatalogError, load, source_types


def test_every_type_whose_options_are_masked_is_described() -> None:
    assert set(source_types()) == set(HARMLESS_OPTIONS)


def test_types_that_modelfs_cannot_use_have_no_repo() -> None:
    unusable = {word for word, known in source_types().items() if not known.repo}
    assert unusable == {"CONDA", "REFERENCE", "DATABASE", "HADOOP", "MANUAL"}
    assert all(source_types()[word].limits for word in unusable)


def test_an_option_called_harmless_is_described_unless_it_is_a_header() -> None:
    for word, harmless in HARMLESS_OPTIONS.items():
        described = set(source_types()[word].config)
        assert word == "HTTP" or {key for key in harmless if key not in ("endpoint", "revision", "version")} <= described


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("GIT: [", "not valid YAML"),
        ("GIT: {title: x}", "missing required field `uri` - at `$[...]`"),
        ("GIT: {title: x, uri: y, limit: [z]}", "unknown field `limit`"),
        ("GIT: {title: 3, uri: y}", "Expected `str`, got `int`"),
        ("- GIT", "Expected `object`"),
    ],
)
def test_a_mistake_in_the_catalog_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "source_types.yaml"
    path.write_text(text)
    with pytest.raises(CatalogError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_catalog(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="cannot be read: No such file"):
        load(tmp_path / "none.yaml")
