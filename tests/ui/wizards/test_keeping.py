"""What is written to a file of what was typed: everything but secrets, whatever was typed."""

from __future__ import annotations

import json
import stat
import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modeltui.changes.text_place import line_of
from modeltui.systems.source_types import source_types
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import model_form, saved, source_form, without_secrets
from modeltui.ui.wizards.draft import Draft

MARKER = "MARKERmarkerMARKERmarker7"
CATALOG = source_types()
SOURCE = source_form.form(CATALOG, editing=False)
MODEL = model_form.form(editing=False)
texts = st.text(string.ascii_letters + string.digits + " /:.=@-\n\"'#{}[]äé", max_size=40)


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELTUI_STATE_DIR", str(tmp_path / "state"))


@st.composite
def source_drafts(draw: st.DrawFn) -> Draft:
    found = drafts.blank(SOURCE)
    for step in SOURCE.steps:
        for field in step.fields:
            found = found.with_answer(step.key, field.key, draw(st.just("") | texts))
    return found.with_answer("basics", "type", draw(st.sampled_from(source_form.SOURCE_TYPES)))


@given(source_drafts())
def test_what_was_kept_is_kept_again(draft: Draft) -> None:
    """Masking what is masked changes nothing, so that nothing is lost by continuing twice."""
    content, _ = drafts.saved(SOURCE, draft)
    restored = drafts.restored(SOURCE, json.loads(json.dumps(content)))
    again, lacking = drafts.saved(SOURCE, restored)
    assert again == content
    assert lacking == ()


@given(source_drafts(), st.sampled_from(["apiToken", "password", "secret_key", "HF_TOKEN"]), st.sampled_from(source_form.SOURCE_TYPES))
def test_a_secret_among_the_lines_is_masked_and_the_others_stay(draft: Draft, key: str, type_: str) -> None:
    draft = draft.with_answer("basics", "type", type_).with_answer(
        "settings", "more", f"url=https://host/x\n{key}= {MARKER} {MARKER}\nhalf"
    )
    content, lacking = drafts.saved(SOURCE, draft)
    assert MARKER not in json.dumps(content)
    assert content["settings"][0]["more"].split("\n")[0] == "url=https://host/x"
    assert content["settings"][0]["more"].split("\n")[2] == "half"
    assert "Other settings" in lacking


def test_a_password_in_an_address_is_masked() -> None:
    draft = drafts.blank(MODEL).with_answer("versions", "repo", f"https://me:{MARKER}@host/x.git")
    content, lacking = drafts.saved(MODEL, draft)
    assert content["versions"][0]["repo"] == "https://<masked>@host/x.git"
    assert lacking == ("Repo",)


def test_the_summary_tells_what_was_answered_and_no_secret() -> None:
    before = drafts.blank(SOURCE)
    after = before.with_answer("basics", "name", "hub").with_answer("secret", "use", source_form.OWN_SECRET)
    after = after.with_answer("secret", "HUGGING_FACE.token", MARKER)
    assert drafts.told(SOURCE, before, before) == []
    told = dict(drafts.told(SOURCE, before, after))
    assert told["Name"] == "hub"
    assert MARKER not in str(told)


def test_versions_are_told_by_their_names() -> None:
    before = drafts.blank(MODEL)
    after = before.with_answer("versions", "name", "one").with_group(MODEL.step("versions"))
    assert drafts.told(MODEL, before, after) == [("Versions", "one, (no name)")]


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text() | st.integers(), lambda one: st.dictionaries(st.text(), one)))
def test_a_file_of_any_content_is_no_error(content: object) -> None:
    place = saved.Place("model", "c", "n")
    place.path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        place.path.write_bytes(content)
    else:
        place.path.write_text(json.dumps(content))
    kept = saved.kept(place)
    assert kept is None or kept.typed.answers is not None
    saved.forget(place)
    assert saved.kept(place) is None


def test_a_file_is_its_owners_alone_and_says_when() -> None:
    place = saved.Place("model", "c", "n", "x")
    saved.keep(place, saved.Typed({"a": [{"b": "ä\n€"}]}, "begun", ("token",)))
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
    kept = saved.kept(place)
    assert kept is not None
    assert kept.typed == saved.Typed({"a": [{"b": "ä\n€"}]}, "begun", ("token",))
    assert abs(kept.at.timestamp() - place.path.stat().st_mtime) < 1
    assert saved.kept(saved.Place("model", "other", "n", "x")) is None


# ---- the editor -----------------------------------------------------------------------------------------------------

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a # a comment\ndata:\n  x: y\n"


@pytest.mark.parametrize("text", [OBJECT, OBJECT.replace("x: y", "x: [y"), "", "just words"])
def test_a_text_without_secrets_is_kept_as_it_is(text: str) -> None:
    assert without_secrets.of_text(text) == (text, False)


SECRET = OBJECT.replace("ConfigMap", "Secret")


@pytest.mark.parametrize(
    "text",
    [
        SECRET.replace("x: y", f"x: {MARKER}"),
        OBJECT.replace("x: y", f"apiToken: {MARKER}"),
        OBJECT.replace("x: y", f"apiToken: |\n    {MARKER}\n    more"),
        OBJECT.replace("x: y", f"x: https://me:{MARKER}@host/"),
        OBJECT.replace("a comment", f"token={MARKER}"),
    ],
    ids=["of a Secret", "by its name", "on lines of its own", "in an address", "in a comment"],
)
def test_a_secret_in_a_text_is_masked_and_what_else_was_typed_stays(text: str) -> None:
    found = without_secrets.of_text(text + "extra: typed\n")
    assert found is not None
    kept, masked = found
    assert masked
    assert MARKER not in kept
    assert yaml.safe_load(kept)["extra"] == "typed"


@pytest.mark.parametrize(
    "text",
    [
        SECRET.replace("x: y", f"x: [{MARKER}"),
        OBJECT.replace("x: y", f"apiToken: |\n  {MARKER}\n - ]"),
        OBJECT.replace("x: y", f"x: [token={MARKER}"),
    ],
)
def test_half_a_text_with_a_secret_is_not_kept(text: str) -> None:
    assert without_secrets.of_text(text) is None


# ---- back from a review ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        ("metadata.name", ("basics", 0, "name")),
        ("metadata.namespace", ("basics", 0, "namespace")),
        ("spec.sourceRef", ("basics", 0, "source")),
        ("spec.display.tags[0]", ("basics", 0, "tags")),
        ("spec.versions[1].precision", ("versions", 1, "precision")),
        ("spec.versions[1].storage", ("versions", 1, "size")),
        ("spec.versions[0].storage.resources.requests.storage", ("versions", 0, "size")),
        ("spec.versions[0].storage.accessModes[1]", ("versions", 0, "modes")),
        ("spec.versions[0].storage.storageClassName", ("versions", 0, "class")),
        ("spec.versions[0].share.requireOptInLabel", ("versions", 0, "opt_in")),
        ('spec.versions[0].metadata["a/b"]', ("versions", 0, "metadata")),
        ("spec.versions[name=two].repo", ("versions", 1, "repo")),
        ("spec.versions[name=three].repo", None),
        ("spec.versions[7].repo", None),
        ("spec.versions", ("versions", 0, "name")),
        ("spec.other", None),
        ("", None),
    ],
)
def test_a_path_of_a_model_is_found_in_the_form(path: str, spot: object) -> None:
    draft = drafts.blank(MODEL).with_answer("versions", "name", "one").with_group(MODEL.step("versions"))
    assert model_form.spot(draft.with_answer("versions", "name", "two", group=1), path) == spot


@pytest.mark.parametrize(
    ("path", "of_secret", "spot"),
    [
        ("metadata.name", False, ("basics", 0, "name")),
        ("spec.type", False, ("basics", 0, "type")),
        ("spec.config.region", False, ("settings", 0, "S3.region")),
        ('spec.config["x/y"]', False, ("settings", 0, "more")),
        ("spec.config", False, ("settings", 0, "more")),
        ("spec.secretRef", False, ("secret", 0, "secret_name")),
        ("metadata.name", True, ("secret", 0, "secret_name")),
        ("data.access-key", True, ("secret", 0, "S3.access-key")),
        ("data", True, ("secret", 0, "secret_name")),
        ("spec.other", False, None),
    ],
)
def test_a_path_of_a_source_is_found_in_the_form(path: str, of_secret: bool, spot: object) -> None:
    draft = drafts.blank(SOURCE).with_answer("basics", "type", "S3").with_answer("secret", "use", source_form.OWN_SECRET)
    assert source_form.spot(draft, CATALOG, path, of_secret=of_secret) == spot


TEXT = """apiVersion: v1
metadata:
  labels:
    a/b: c
spec:
  versions:
  - name: one
    repo: x
  - name: two
    storage: {size: 1}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("metadata.labels", 2),
        ('metadata.labels["a/b"]', 3),
        ("spec.versions[0].repo", 7),
        ("spec.versions[name=two].storage.size", 9),
        ("spec.versions[name=two].precision", 8),
        ("spec.versions[5].repo", 5),
        ("nothing", 0),
        ("", 0),
    ],
)
def test_a_path_is_found_on_its_line(path: str, line: int) -> None:
    assert line_of(TEXT, path) == line


@given(st.text(), st.text())
def test_any_path_in_any_text_is_no_error(text: str, path: str) -> None:
    line_of(text, path)


@given(st.text('aspec.[]"\\0=1', max_size=20))
def test_any_path_in_a_text_is_no_error(path: str) -> None:
    assert 0 <= line_of(TEXT, path) < 10
