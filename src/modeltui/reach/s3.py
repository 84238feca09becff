"""Whether a bucket can be seen, and whether anything is under the path that a source names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from modeltui.reach.asking import Asker
from modeltui.reach.endpoint import address_problem
from modeltui.reach.failures import shown
from modeltui.reach.sigv4 import signed
from modeltui.reach.urls import split
from modeltui.reach.verdict import Verdict, no, unknown, yes
from modeltui.reach.web import Reply, Target
from modeltui.reach.words import said, where

_ANY_REGION: Final = "us-east-1"
"""What services without regions take, and Amazon's default."""


@dataclass(frozen=True, slots=True)
class Bucket:
    endpoint: str
    region: str
    name: str
    path: str = ""

    @classmethod
    def of(cls, address: str, *, endpoint: str, region: str) -> Bucket | None:
        """Of "s3://bucket/path"; None when it is none."""
        parts = split(address)
        if parts.scheme != "s3" or not parts.netloc:
            return None
        return cls(service(endpoint=endpoint, region=region), region or _ANY_REGION, parts.netloc, parts.path.strip("/"))

    @property
    def url(self) -> str:
        return f"{self.endpoint.rstrip('/')}/{quote(self.name, safe='')}"

    @property
    def contents(self) -> str:
        """The address of the first name under the path."""
        prefix = f"{self.path}/" if self.path else ""
        return f"{self.url}?list-type=2&max-keys=1&prefix={quote(prefix, safe='')}"


def service(*, endpoint: str, region: str) -> str:
    """The address of the service that the loader would ask."""
    if endpoint:
        return endpoint if "://" in endpoint else f"https://{endpoint}"
    return f"https://s3.{region or _ANY_REGION}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


async def bucket(asker: Asker, wanted: Bucket) -> Verdict:
    """HEAD of the bucket; then its list, which has the server's own words when it refuses. Raises NoAnswer."""
    if (problem := address_problem(wanted.endpoint)) is not None:
        return no(problem)
    who = "with the keys of the Secret" if _keys(asker) else "without keys"
    head = await _ask(asker, "HEAD", wanted.url, wanted.region)
    region = head.headers.get("x-amz-bucket-region", "")
    if head.status in (301, 307, 400) and region and region != wanted.region:
        return no(f"The bucket is in region {shown(region)}, not in {shown(wanted.region)}.")
    reply = await _ask(asker, "GET", wanted.contents, wanted.region)
    told = said(reply, asker.secrets) + where(reply)
    if reply.status == 429 or reply.status >= 500:
        return unknown(f"the service answers {told}.")
    if head.status == 200 and reply.status == 200:
        return _contents(wanted, reply, who)
    if head.status == 200:
        return no(f"The bucket is there {who}, but its contents may not be listed: {told}.")
    if head.status == 404 or reply.status == 404:
        return no(f"There is no such bucket: {told}.")
    return no(f"It cannot be seen {who}: {told}.")


def _contents(wanted: Bucket, reply: Reply, who: str) -> Verdict:
    if b"ListBucketResult" not in reply.body:
        return no(f"Something answers there, but not an S3 service{where(reply)}.")
    place = f"under {shown(wanted.path)}/" if wanted.path else "in it"
    if b"<Key>" in reply.body:
        return yes(f"It can be seen {who}, and there is something {place}{where(reply)}.")
    return no(f"The bucket can be seen {who}, but there is nothing {place}{where(reply)}.")


async def _ask(asker: Asker, method: str, url: str, region: str) -> Reply:
    """Signed where there are keys: the secret key itself is never sent."""
    if (keys := _keys(asker)) is None:
        return await asker.web.ask(method, Target(url))
    access, secret = keys
    headers = signed(method, url, access_key=access, secret_key=secret, region=region, now=datetime.now(UTC))
    return await asker.web.ask(method, Target(url, credentials=headers))


def _keys(asker: Asker) -> tuple[str, str] | None:
    access, secret = asker.keys.get("access-key"), asker.keys.get("secret-key")
    return (access.reveal(), secret.reveal()) if access and secret else None
