"""Api: the API server's verbs in process, synchronous, for the controllers and the world; HTTP requests take the same path below.

How to call it (everything runs in one event loop's thread; no call blocks or awaits but `Watch.wait` and `async for`):

    api.get("models.model.samzong.dev", "llama", namespace="ml") -> dict          NotFound when absent
    api.find("secrets", "hf-token", namespace="ml") -> dict | None                like get; None when absent
    api.list("pods", namespace="ml", labels="app=x", fields="status.phase=Running") -> list[dict]     namespace=None: all of them
    api.create("jobs.batch", obj, manager="dataset-controller") -> dict           namespace: from obj.metadata.namespace, else namespace=
    api.update("models.model.samzong.dev", obj, manager=...) -> dict              optimistic when obj.metadata.resourceVersion is set
    api.update(..., subresource="status")                                          writes status only
    api.patch("pods", "p-0", {"status": {"phase": "Running"}}, namespace="ml", manager=..., subresource="status") -> dict
        type="merge" (default) | "json" | "strategic"
    api.apply("services", obj, manager=..., force=False, subresource="") -> dict   server-side apply
    api.delete("pods", "p-0", namespace="ml", propagation="Background", uid="", resource_version="", grace=None) -> dict | None
        the object while finalizers hold it, None when it is gone
    api.delete_collection("pods", namespace="ml", labels="...") -> int             how many
    api.watch("models.model.samzong.dev", namespace=None, since="0", labels="", fields="") -> Watch
        since "0": what exists first, as ADDED; a resourceVersion: what changed after it
        async for event in watch: event.type ("ADDED", "MODIFIED", "DELETED"), event.object (dict)
        watch.take() -> list[Event] without waiting; await watch.wait(); watch.close()
    api.served("models.model.samzong.dev") -> bool                                 is such a resource served now
    api.log("pods", ...) is not here: see pod_logs.PodLogs, reachable as api.logs: append(namespace, pod, container, line)

A resource is spelled as kubectl spells it: "pods", "jobs.batch", "models.model.samzong.dev"; with a version, when the preferred one will not do,
"dynamographdeployments.v1alpha1.nvidia.com". Objects handed in are never changed, objects handed out are the caller's own copies.
Every write takes `manager` (the field manager), `dry_run=False` and `validation="Ignore" | "Warn" | "Strict"` (default "Ignore" in process).

Errors are `errors.StatusError`: `.code` (404), `.reason` ("NotFound"), `.message`, `.status()` (the Status object).
In-process calls are not authorised: they act as the cluster itself. Writes that change nothing make no event and keep the resourceVersion.
"""
