"""SPDY/3.1 frames, as far as port-forward uses them: streams opened by the client, data both ways, ends and pings. Pure.

Frame layouts and the dictionary are those of draft-mbelshe-httpbis-spdy-00, sections 2.2 to 2.6.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

SYN_STREAM, SYN_REPLY, RST_STREAM, SETTINGS, PING, GOAWAY, HEADERS, WINDOW_UPDATE = 1, 2, 3, 4, 6, 7, 8, 9
FIN = 0x01
REFUSED_STREAM, PROTOCOL_ERROR = 3, 1
_VERSION, _CONTROL = 3, 0x80000000
_HEAD = 8
LONGEST = 1 << 24
"""Bytes after which a frame cannot be one: its length has 24 bits."""

_NAMES = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization "
    "cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range "
    "content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since "
    "last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer "
    "transfer-encoding upgrade user-agent vary via warning www-authenticate method get status"
)
_REST = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found"
    "500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivate"
    "max-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
_WORDS = (*_NAMES.split(), "200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie", "keep-alive", "origin")
DICTIONARY = b"".join(struct.pack(">I", len(word)) + word.encode() for word in _WORDS) + _REST.encode()
"""What both sides' header compression starts from; its Adler-32 is 0xE3C6A7C2."""


class SpdyError(ValueError):
    """The other side does not speak SPDY/3."""


@dataclass(frozen=True, slots=True)
class Control:
    type: int
    flags: int
    body: bytes

    @property
    def stream(self) -> int:
        """The stream that it is about; of a PING its id, of a GOAWAY the last good stream."""
        return int.from_bytes(self.body[:4], "big") & ~_CONTROL

    @property
    def ends(self) -> bool:
        return bool(self.flags & FIN)


@dataclass(frozen=True, slots=True)
class Data:
    stream: int
    data: bytes
    ends: bool


@dataclass(slots=True)
class Reader:
    """Bytes in, frames out; and the headers of the streams, whose compression runs through the whole connection."""

    _buffer: bytearray = field(default_factory=bytearray)
    _inflate: zlib._Decompress = field(default_factory=lambda: zlib.decompressobj(zdict=DICTIONARY))

    def feed(self, data: bytes) -> Iterator[Control | Data]:
        """The frames that are whole by now. Raises SpdyError."""
        self._buffer += data
        while len(self._buffer) >= _HEAD:
            first, second = struct.unpack_from(">II", self._buffer)
            flags, length = second >> 24, second & 0xFFFFFF
            if first & _CONTROL and (first >> 16) & 0x7FFF != _VERSION:
                raise SpdyError(f"SPDY version {(first >> 16) & 0x7FFF} instead of {_VERSION}")
            if len(self._buffer) < _HEAD + length:
                return
            body = bytes(self._buffer[_HEAD : _HEAD + length])
            del self._buffer[: _HEAD + length]
            if first & _CONTROL:
                yield Control(first & 0xFFFF, flags, body)
            else:
                yield Data(first, body, bool(flags & FIN))

    def headers(self, frame: Control) -> dict[str, str]:
        """Of a SYN_STREAM, SYN_REPLY or HEADERS frame; names in lower case. To be asked for each of them, in order. Raises SpdyError."""
        block = frame.body[10:] if frame.type == SYN_STREAM else frame.body[4:]
        try:
            plain = self._inflate.decompress(block)
            return dict(_pairs(plain))
        except (zlib.error, struct.error, UnicodeDecodeError) as error:
            raise SpdyError(f"headers that cannot be read: {error}") from error


@dataclass(slots=True)
class Writer:
    """Frames as bytes."""

    _deflate: zlib._Compress = field(default_factory=lambda: zlib.compressobj(zdict=DICTIONARY))

    def syn_stream(self, stream: int, headers: Mapping[str, str], *, ends: bool = False) -> bytes:
        return _control(SYN_STREAM, struct.pack(">IIH", stream, 0, 0) + self._block(headers), FIN if ends else 0)

    def syn_reply(self, stream: int, headers: Mapping[str, str] | None = None) -> bytes:
        return _control(SYN_REPLY, struct.pack(">I", stream) + self._block(headers or {}))

    def _block(self, headers: Mapping[str, str]) -> bytes:
        plain = struct.pack(">I", len(headers))
        for name, value in headers.items():
            for text in (name.lower().encode(), value.encode()):
                plain += struct.pack(">I", len(text)) + text
        return self._deflate.compress(plain) + self._deflate.flush(zlib.Z_SYNC_FLUSH)


def reset(stream: int, status: int) -> bytes:
    return _control(RST_STREAM, struct.pack(">II", stream, status))


def ping(number: int) -> bytes:
    return _control(PING, struct.pack(">I", number))


def goaway(last: int) -> bytes:
    return _control(GOAWAY, struct.pack(">II", last, 0))


def data(stream: int, body: bytes, *, ends: bool = False) -> bytes:
    return struct.pack(">II", stream, ((FIN if ends else 0) << 24) | len(body)) + body


def _control(kind: int, body: bytes, flags: int = 0) -> bytes:
    return struct.pack(">II", _CONTROL | _VERSION << 16 | kind, flags << 24 | len(body)) + body


def _pairs(plain: bytes) -> Iterator[tuple[str, str]]:
    (count,) = struct.unpack_from(">I", plain)
    at = 4
    for _ in range(count):
        texts = []
        for _ in range(2):
            (length,) = struct.unpack_from(">I", plain, at)
            if at + 4 + length > len(plain):
                raise SpdyError("headers that end too early")
            texts.append(plain[at + 4 : at + 4 + length].decode())
            at += 4 + length
        yield texts[0], texts[1]
