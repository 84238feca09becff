"""LIST: in pages while the server lets us, whole when it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from modeltui.kube import errors
from modeltui.kube.decode import Decoder, Page
from modeltui.kube.objects import Object

T = TypeVar("T", bound=Object)

PAGE_SIZE: Final = 500
TOO_LARGE: Final = "Too large resource version"


class Lists(Protocol):
    """The part of `Client` that listing needs."""

    async def request(
        self, method: str, path: str, *, params: Mapping[str, str | int | bool] | None = None, timeout: float = 30.0
    ) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """What to list and how to read it."""

    path: str
    decoder: Decoder[T]
    selector: str = ""

    @property
    def params(self) -> dict[str, str]:
        """The query of every request, watches too."""
        return {"labelSelector": self.selector} if self.selector else {}

    async def pages(self, client: Lists, version: str) -> AsyncIterator[Page[T]]:
        """The pages of one list at `version` ("" newest, "0" whatever the server has at hand, else not older than that).

        When a continue token expires, the list starts over without paging: that page is marked `restarted` and holds
        everything, so what came before it is void.
        """
        paged = version in ("", "0")
        page = await self._page(client, self._first(version, paged=paged))
        yield page
        while page.continue_token:
            try:
                page = await self._page(client, self.params | {"limit": str(PAGE_SIZE), "continue": page.continue_token})
            except errors.Gone:
                page = await self._page(client, self._first(version, paged=False))
                page.restarted = True
            yield page

    def _first(self, version: str, *, paged: bool) -> dict[str, str]:
        params = self.params
        if version:
            params["resourceVersion"] = version
        if paged:
            params["limit"] = str(PAGE_SIZE)
        return params

    async def _page(self, client: Lists, params: dict[str, str]) -> Page[T]:
        return self.decoder.page(await client.request("GET", self.path, params=params, timeout=60.0))


def newer_than_server(error: errors.KubeError) -> bool:
    """Whether the server does not know the resourceVersion yet, as after it was restored from a backup."""
    if not isinstance(error, errors.ApiError):
        return False
    return TOO_LARGE in error.message or any(cause.reason == "ResourceVersionTooLarge" for cause in error.causes)
