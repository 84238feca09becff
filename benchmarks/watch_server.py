"""The least API server that can be watched: it answers from bytes made beforehand, so that the client is what is measured.

`python -m benchmarks.watch_server OBJECTS` prints its port. It serves the list in pages, the list as a watch, and then a
watch of events: `GET /flood?events=N&rate=R` makes every open watch send N events at R a second (0: as fast as it can).
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

FINISHED = "flood-end"
"""Name of the object that is the last of a flood."""


def model(index: int, version: int) -> dict[str, Any]:
    """A modelfs Model of about 1.5 KB, as a controller and two field managers leave it."""
    name = f"llama-3-{index}-instruct"
    managed = {"f:spec": {"f:display": {"f:description": {}, "f:tags": {}}, "f:sourceRef": {}, "f:versions": {}}}
    return {
        "apiVersion": "model.samzong.dev/v1",
        "kind": "Model",
        "metadata": {
            "name": name,
            "namespace": "models",
            "uid": f"6f1d2c3b-{index:04x}-4a5b-8c7d-{index:012x}",
            "resourceVersion": str(version),
            "generation": 3,
            "creationTimestamp": "2026-01-04T10:11:12Z",
            "labels": {"team": f"team-{index % 7}", "app.kubernetes.io/managed-by": "argocd"},
            "finalizers": ["modelfs.samzong.dev/model-finalizer"],
            "managedFields": [
                {"manager": "kubectl", "operation": "Apply", "apiVersion": "model.samzong.dev/v1", "fieldsV1": managed},
                {"manager": "modelfs", "operation": "Update", "subresource": "status", "fieldsV1": {"f:status": {"f:syncedVersions": {}}}},
            ],
        },
        "spec": {
            "sourceRef": f"hub-{index % 12}",
            "display": {"description": f"Instruction-tuned model number {index}", "tags": ["chat", "llama", f"size-{index % 5}"]},
            "versions": [
                {
                    "name": "base",
                    "repo": f"meta-llama/Llama-3-{index}-Instruct",
                    "revision": "main",
                    "precision": "FP16",
                    "state": "PRESENT",
                    "storage": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": f"{index % 900}Gi"}}},
                }
            ],
        },
        "status": {
            "observedGeneration": 3,
            "conditions": [],
            "syncedVersions": [
                {
                    "name": "base",
                    "phase": "READY",
                    "pvcName": f"mdl-{name}-base",
                    "activeDataset": f"mdl-{name}-base",
                    "lastSyncTime": "2026-01-04T11:12:13Z",
                    "observedState": "PRESENT",
                    "observedStorage": f"{index % 900}Gi",
                    "observedVersionHash": f"{index:08x}",
                }
            ],
        },
    }


def encoded(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def line(kind: str, obj: object) -> bytes:
    return encoded({"type": kind, "object": obj}) + b"\n"


class Server:
    def __init__(self, objects: int) -> None:
        self.items = [encoded(model(index, index + 1)) for index in range(objects)]
        self.version = objects + 1
        self.watches: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                url = urlsplit(head.split(b" ", 2)[1].decode())
                query = {key: values[-1] for key, values in parse_qs(url.query).items()}
                if url.path == "/flood":
                    await self.flood(int(query["events"]), float(query["rate"]))
                    await self.answer(writer, b"{}")
                elif "watch" in query:
                    await self.watch(writer, initial="sendInitialEvents" in query)
                else:
                    await self.answer(writer, self.page(int(query.get("limit", 0)), int(query.get("continue", 0))))
        except (asyncio.IncompleteReadError, ConnectionError):
            self.watches.discard(writer)
            writer.close()

    def page(self, limit: int, start: int) -> bytes:
        end = start + limit if limit else len(self.items)
        token = str(end) if end < len(self.items) else ""
        metadata = encoded({"resourceVersion": str(self.version), "continue": token})
        return b'{"kind":"ModelList","metadata":%s,"items":[%s]}' % (metadata, b",".join(self.items[start:end]))

    async def answer(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()

    async def watch(self, writer: asyncio.StreamWriter, *, initial: bool) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        if initial:
            for item in self.items:
                self.chunk(writer, b'{"type":"ADDED","object":%s}\n' % item)
                await writer.drain()
            end = {"resourceVersion": str(self.version), "annotations": {"k8s.io/initial-events-end": "true"}}
            self.chunk(writer, line("BOOKMARK", {"kind": "Model", "metadata": end}))
        await writer.drain()
        self.watches.add(writer)

    def chunk(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        """One chunk for each event, as an API server flushes them."""
        writer.write(b"%x\r\n%s\r\n" % (len(data), data))

    async def flood(self, events: int, rate: float) -> None:
        base, self.version = self.version, self.version + events + 1
        lines = [line("MODIFIED", model(index * 7919 % len(self.items), base + index)) for index in range(events)]
        lines.append(
            line(
                "ADDED",
                model(0, self.version) | {"metadata": {"name": FINISHED, "namespace": "models", "resourceVersion": str(self.version)}},
            )
        )
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for sent, data in enumerate(lines):
            for writer in self.watches:
                self.chunk(writer, data)
            if sent % 50 == 0:
                ahead = begun + sent / rate - loop.time() if rate else 0
                await asyncio.sleep(max(0.0, ahead))
                for writer in self.watches:
                    await writer.drain()


async def main(objects: int) -> None:
    server = await asyncio.start_server(Server(objects).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
