"""What the doctor says of what it could not look at: "no findings" is never said of that."""

from __future__ import annotations

from fake import NOW, forbidden
from hypothesis import given
from hypothesis import strategies as st

from modeltui.document import text_of
from modeltui.domain import Finding, Severity
from modeltui.kube.errors import Unreachable
from modeltui.kube.state import Sync, SyncState
from modeltui.pages import finding as page
from modeltui.systems.core.types import CLAIMS, STORAGE_CLASSES
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.doctor import Diagnosis
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.ui.screens.doctor_sights import Seen, merged, notes, sight
from modeltui.ui.sight import Kind
from modeltui.verbs import doctor as verb

LIVE = SyncState(Sync.LIVE, NOW)


def of(sync: Sync) -> SyncState:
    return SyncState(sync, NOW, "the server's own words")


def seen(**more: object) -> Seen:
    every = {MODELS: {"a": LIVE}, SOURCES: {"a": LIVE}}
    return Seen(**{"examined": every, "objects": 3, "settled": True, **more})  # type: ignore[arg-type]  # fields by name


def told(state: Seen) -> list[str]:
    return [note.text for note in notes(state)]


def test_all_was_looked_at() -> None:
    found = sight(seen())
    assert found is not None
    assert (found.kind, found.title) == (Kind.EMPTY, "No findings in 3 objects")
    assert notes(seen()) == ()


def test_there_are_findings_or_they_are_filtered_or_not_there_yet() -> None:
    assert sight(seen(total=2, shown=1)) is None
    filtered = sight(seen(total=2, filter="/x"))
    assert filtered is not None
    assert (filtered.kind, filtered.lines) == (Kind.FILTERED, ("2 hidden by the filter /x.",))
    loading = sight(seen(settled=False))
    assert loading is not None
    assert (loading.kind, loading.lines) == (Kind.LOADING, ("3 objects looked at until now.",))


def test_reasons_are_told_once_for_all_that_share_them() -> None:
    denied = {"a": of(Sync.DENIED), "b": of(Sync.DENIED)}
    assert told(seen(examined={MODELS: denied, SOURCES: denied, DATASETS: {"a": LIVE, "b": LIVE}})) == [
        "Not looked at in a, b: you may not list models, modelsources."
    ]
    assert told(seen(examined={MODELS: {"": of(Sync.NOT_INSTALLED)}, DATASETS: {"": of(Sync.NOT_INSTALLED)}})) == [
        "Not looked at: models, datasets, since their CRD is not installed."
    ]
    assert told(seen(evidence={STORAGE_CLASSES: {"": of(Sync.DENIED)}})) == [
        "Not checked: what depends on storageclasses, since you may not list them."
    ]
    assert told(seen(evidence={CLAIMS: {"a": of(Sync.STALE)}})) == ["Not fresh in a: persistentvolumeclaims, since the connection is lost."]
    assert told(seen(examined={MODELS: {"gone": of(Sync.NO_NAMESPACE)}})) == ["Not looked at in gone: there is no such namespace."]


def test_of_what_is_not_installed_nothing_is_missing() -> None:
    absent = {"": of(Sync.NOT_INSTALLED)}
    state = seen(examined={MODELS: {"": LIVE}, DATASETS: absent}, evidence={CLAIMS: absent})
    assert told(state) == []
    found = sight(state)
    assert found is not None
    assert found.lines[-1] == "Not installed in this cluster: datasets."
    assert list(merged([{"": LIVE}, absent]).values()) == [LIVE]
    assert len(merged([absent])) == 1


def test_secrets() -> None:
    assert told(seen(secrets={"a": forbidden("secrets"), "b": forbidden("secrets")})) == [
        "Not checked in a, b: what depends on secrets, since you may not read them."
    ]
    assert told(seen(secrets={"a": Unreachable("the server is away")})) == [
        "Not checked in a: what depends on secrets, since the server is away."
    ]


def test_old_data_without_findings_is_not_called_missing() -> None:
    state = seen(examined={MODELS: {"a": of(Sync.STALE)}})
    found = sight(state)
    assert found is not None
    assert found.title == "No findings in the 3 objects that could be looked at"
    assert found.lines == ("Not fresh in a: models, since the connection is lost.",)


STATES = st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(list(Sync)).map(of), min_size=1)


@given(STATES, STATES, STATES, st.booleans(), st.integers(0, 5))
def test_no_findings_is_said_only_when_everything_was_seen(
    models: dict[str, SyncState], sources: dict[str, SyncState], claims: dict[str, SyncState], secrets: bool, objects: int
) -> None:
    unread = {"a": forbidden("secrets")} if secrets else {}
    state = seen(examined={MODELS: models, SOURCES: sources}, evidence={CLAIMS: claims}, secrets=unread, objects=objects)
    every = [*models.values(), *sources.values(), *claims.values()]
    absent = [states for states in (models, sources) if all(one.sync is Sync.NOT_INSTALLED for one in states.values())]
    here = (Sync.LIVE, Sync.POLLING, Sync.SYNCING, Sync.NOT_INSTALLED)
    whole = not secrets and len(absent) < 2 and all(one.sync in here for one in every)
    found = sight(state)
    assert found is not None
    assert ("Everything was looked at." in " ".join(found.lines)) == whole
    if not whole:
        assert notes(state)
        assert "could be looked at" in found.title or found.kind is not Kind.EMPTY
    there = [states for states in (models, sources) if states not in absent] or absent
    assert len(merged([models, sources])) == sum(len(states) for states in there)


def test_a_finding_names_what_it_is_about() -> None:
    finding = Finding(Severity.ERROR, "It used more memory than it may.", "Raise it.", "spec.resources", about="Pod qwen-0")
    told = Diagnosis("InferenceService", "team", "qwen", finding)
    assert text_of(page.page(told)[0]) == "✕ error  spec.resources, Pod qwen-0"
    assert verb.lines([told], width=80)[1] == "  error    spec.resources, Pod qwen-0"
    assert verb.document(told)["about"] == "Pod qwen-0"
