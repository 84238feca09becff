"""Which rows are in sight. Pure arithmetic on indices."""

from __future__ import annotations


def reveal(top: int, *, index: int, page: int, total: int) -> int:
    """The first row to show so that row `index` is in sight, moving as little as possible."""
    top = min(top, index)
    top = max(top, index - page + 1)
    return max(min(top, total - page), 0)


def follow(top: int, *, was: int, index: int, page: int, total: int) -> int:
    """Keep the cursor's row on its screen line while rows come and go above it.

    At the very top the table stays there as long as the cursor is in sight, so that new first rows can be seen.
    """
    return reveal(top + index - was if top else 0, index=index, page=page, total=total)
