"""Which sight speaks when, and what it says."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.ui.sight import GLYPHS, Kind
from modeltui.ui.sights import Subject, connection, notes, sight

MODELS = Resource("model.samzong.dev", "v1", "models", "Model")
NOW = datetime(2026, 11, 21, 14, 2, 7, tzinfo=UTC)


def subject(total: int = 0, shown: int | None = None, narrowed: str = "") -> Subject:
    return Subject("Models", MODELS, total, total if shown is None else shown, narrowed)


def state(sync: Sync, reason: str = "", received: int = 0, retry: bool = False) -> SyncState:
    return SyncState(sync, NOW, reason, NOW + timedelta(seconds=8) if retry else None, received)


def test_the_six_sights_differ_in_glyph_and_words() -> None:
    seen = [
        sight(subject(), {"a": state(Sync.SYNCING, received=3500)}),
        sight(subject(), {"a": state(Sync.LIVE)}),
        sight(subject(7, 0, "/zzz"), {"a": state(Sync.LIVE)}),
        sight(subject(), {"a": state(Sync.DENIED, "no")}),
        sight(subject(), {"a": state(Sync.NOT_INSTALLED)}),
        sight(subject(), {"a": state(Sync.STALE, "connection refused", retry=True)}),
    ]
    assert [one.kind for one in seen if one] == [
        Kind.LOADING,
        Kind.EMPTY,
        Kind.FILTERED,
        Kind.DENIED,
        Kind.NOT_INSTALLED,
        Kind.STALE,
    ]
    assert len({GLYPHS[one.kind] for one in seen if one}) == 6
    assert len({one.title for one in seen if one}) == 6


def test_denied_says_what_whom_and_how_to_check() -> None:
    sentence = 'models.model.samzong.dev is forbidden: User "eve" cannot list resource "models"'
    one = sight(subject(), {"team-a": state(Sync.DENIED, sentence)})
    assert one is not None
    assert sentence in one.lines
    assert any("kubectl auth can-i list models.model.samzong.dev -n team-a" in text for text in one.lines)


def test_one_denied_namespace_does_not_hide_the_others() -> None:
    states = {"a": state(Sync.LIVE), "b": state(Sync.DENIED, "no")}
    assert sight(subject(3), states) is None
    assert [note.text for note in notes(subject(3), states)] == ["b: denied to list models: no"]
    revoked = {"a": state(Sync.LIVE), "b": SyncState(Sync.DENIED, NOW + timedelta(minutes=1), "no", data_from=NOW)}
    assert [note.text for note in notes(subject(3), revoked)] == ["b: denied to list models, data from 14:02:07 UTC: no"]
    empty = sight(subject(), states)
    assert empty is not None
    assert empty.kind is Kind.EMPTY
    assert len(notes(subject(), states)) == 1


def test_stale_rows_stay_with_a_mark() -> None:
    states = {"a": state(Sync.STALE, "refused", retry=True)}
    assert sight(subject(3), states) is None
    (note,) = notes(subject(3), states)
    assert note.kind is Kind.STALE
    glyph, words, tone = connection(states)
    assert words.startswith("disconnected, data from ")
    assert "next try" in words
    assert (glyph, tone) == ("≠", "bad")


def test_namespaces_that_fail_alike_share_a_line() -> None:
    states = {name: state(Sync.STALE, "refused") for name in "abcde"}
    assert [note.text.split(":")[0] for note in notes(subject(3), states)] == ["a, b, c and 2 more"]


def test_without_rows_there_is_no_data_to_be_old() -> None:
    assert connection({"a": state(Sync.STALE, retry=True)}, rows=False)[1].startswith("disconnected, no data yet, next try")


def test_connection_words() -> None:
    assert connection({})[1] == "connecting"
    assert connection({"a": state(Sync.SYNCING, received=3500)})[1] == "syncing 3,500"
    assert connection({"a": state(Sync.LIVE)})[1] == "live"
    assert connection({"a": state(Sync.LIVE), "b": state(Sync.DENIED)})[1] == "live in part"
    assert connection({"a": state(Sync.DENIED)})[1] == "denied"
    revoked = SyncState(Sync.DENIED, NOW + timedelta(minutes=1), "no", data_from=NOW)
    assert connection({"a": revoked})[1] == "denied, data from 14:02:07 UTC"
    assert connection({"a": revoked}, rows=False)[1] == "denied"
    assert connection({"a": state(Sync.POLLING)})[1] == "polling every 30 s"


@given(st.dictionaries(st.sampled_from("abc"), st.sampled_from(list(Sync)), min_size=1), st.integers(0, 3), st.integers(0, 3))
def test_nothing_shown_is_always_explained_and_text_is_plain(syncs: dict[str, Sync], total: int, shown: int) -> None:
    shown = min(total, shown)
    states = {namespace: state(sync, "evil \x1b[31m\u202e") for namespace, sync in syncs.items()}
    one = sight(subject(total, shown), states)
    assert (one is None) == bool(shown)
    spoken = (one.lines if one else ()) + tuple(note.text for note in notes(subject(total, shown), states))
    assert not any("\x1b" in text or "\u202e" in text for text in spoken)


def test_faults_are_what_failed_what_cannot_be_read_and_what_nothing_will_sync() -> None:
    from modeltui.domain import Phase, Row, Status
    from modeltui.ui.screens.table import is_fault

    key = ("ns", "name")
    assert is_fault(Row(key, (Status(Phase.FAILED),)))
    assert is_fault(Row(key, (Status(Phase.DEGRADED),)))
    assert is_fault(Row(key, ("name",), problem="It does not decode."))
    assert is_fault(Row(key, (Status(Phase.PENDING),), fault=True))
    assert not is_fault(Row(key, (Status(Phase.PENDING),)))


def test_what_does_not_fit_the_pane_is_cut_with_a_sign() -> None:
    from modeltui.document import text_of
    from modeltui.ui.sight import start_failed
    from modeltui.ui.widgets.sight import LONGEST, lines

    told = [text_of(one) for one in lines(start_failed("long " * 1000, context="x"))]
    assert all(len(one) < LONGEST + 50 for one in told)
    assert any(one.endswith("(:messages has the rest)") for one in told)
