"""Whatever is done to the entries of a chain is noticed, and the first that is wrong is named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modeltui.ledger.chain import START, Link, Witness, link_hash, verify


def chain(bodies: list[str]) -> list[Link]:
    links: list[Link] = []
    head = START
    for number, body in enumerate(bodies, start=1):
        links.append(Link(number, body, head, head := link_hash(number, head, body)))
    return links


def head_of(links: list[Link]) -> Witness:
    return Witness(links[-1].id, links[-1].hash)


bodies = st.lists(st.text(max_size=8), min_size=1, max_size=8)


@given(bodies)
def test_an_untouched_chain_fits(texts: list[str]) -> None:
    links = chain(texts)
    verdict = verify(links, last_id=len(links), witnesses=[head_of(links)])
    assert (verdict.problem, verdict.entries, verdict.head) == ("", len(links), links[-1].hash)


def test_no_entries_fit() -> None:
    assert verify([]).problem == ""


@given(bodies, st.data())
def test_a_changed_entry_is_named(texts: list[str], data: st.DataObject) -> None:
    links = chain(texts)
    place = data.draw(st.integers(0, len(links) - 1))
    links[place] = links[place]._replace(body=links[place].body + "!")
    verdict = verify(links)
    assert (verdict.first_bad, verdict.entries) == (place + 1, place)
    assert verdict.problem.startswith(f"entry {place + 1} was changed")


@given(bodies, st.data())
def test_a_changed_entry_with_a_new_hash_is_named_by_the_one_after_it(texts: list[str], data: st.DataObject) -> None:
    links = chain([*texts, "last"])
    place = data.draw(st.integers(0, len(texts) - 1))
    link = links[place]
    links[place] = link._replace(body=link.body + "!", hash=link_hash(link.id, link.previous_hash, link.body + "!"))
    verdict = verify(links)
    assert verdict.first_bad == place + 1
    assert verdict.problem == f"entry {place + 1} was changed: entry {place + 2} was written after another one"


@given(bodies, st.data())
def test_removed_entries_are_named(texts: list[str], data: st.DataObject) -> None:
    links = chain(texts)
    first = data.draw(st.integers(0, len(links) - 1))
    count = data.draw(st.integers(1, len(links) - first))
    del links[first : first + count]
    verdict = verify(links, last_id=len(texts))
    named = f"entry {first + 1} was" if count == 1 else f"entries {first + 1} to {first + count} were"
    assert verdict.problem.startswith(f"{named} removed")
    assert (verdict.first_bad, verdict.entries) == (first + 1, first)


@given(bodies, st.data())
def test_a_cut_end_is_noticed_by_the_witness_alone(texts: list[str], data: st.DataObject) -> None:
    links = chain(texts)
    kept = data.draw(st.integers(0, len(links) - 1))
    verdict = verify(links[:kept], witnesses=[head_of(links)])
    assert verdict.first_bad == kept + 1
    assert "removed" in verdict.problem


@given(bodies)
def test_a_chain_written_anew_is_noticed_by_a_head_that_was_noted(texts: list[str]) -> None:
    before, after = chain(texts), chain([texts[0] + "!", *texts[1:]])
    assert verify(after).problem == ""
    assert "is not the one that was noted" in verify(after, witnesses=[head_of(before)]).problem


@given(bodies.filter(lambda it: len(it) > 1), st.data())
def test_entries_that_change_places_are_noticed(texts: list[str], data: st.DataObject) -> None:
    links = chain(texts)
    one = data.draw(st.integers(0, len(links) - 2))
    links[one], links[one + 1] = links[one + 1], links[one]
    assert verify(links).first_bad == one + 1


def test_an_entry_put_in_twice_is_noticed() -> None:
    links = chain(["a", "b"])
    assert verify([links[0], links[0], links[1]]).first_bad == 1


def test_a_first_entry_that_follows_another_is_noticed() -> None:
    verdict = verify([Link(1, "a", "ab" * 32, link_hash(1, "ab" * 32, "a"))])
    assert verdict.problem == "entry 1 was changed: it is the first, but was written after another one"


def test_what_its_reader_found_wrong_is_told() -> None:
    (link,) = chain(["a"])
    assert verify([link._replace(fault="its object before is missing")]).problem == "entry 1 was changed: its object before is missing"
