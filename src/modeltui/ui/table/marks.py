"""Marks by key, and the range from the last mark to the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from modeltui.domain import RowKey


class Marks:
    def __init__(self) -> None:
        self._keys: set[RowKey] = set()
        self._anchor: RowKey | None = None

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __bool__(self) -> bool:
        return bool(self._keys)

    def __iter__(self) -> Iterator[RowKey]:
        return iter(self._keys)

    @property
    def anchor(self) -> RowKey | None:
        """The row marked last: where the next range starts."""
        return self._anchor

    def toggle(self, key: RowKey) -> None:
        if key in self._keys:
            self._keys.discard(key)
            self._anchor = None if self._anchor == key else self._anchor
        else:
            self._keys.add(key)
            self._anchor = key

    def span(self, keys: Sequence[RowKey], *, end: RowKey) -> None:
        """Mark every key of the range; `end` starts the next one."""
        self._keys.update(keys)
        self._anchor = end

    def clear(self) -> None:
        self._keys.clear()
        self._anchor = None

    def forget(self, keys: Iterable[RowKey]) -> None:
        """The rows are gone: a new object of the same name is not the one that was marked."""
        self._keys.difference_update(keys)
        if self._anchor not in self._keys:
            self._anchor = None
