"""What the embedded cluster holds: a small world of models, sources, weights and machines, made from a seed.

The signatures that the server and the tests meet the world at:

    world.populate(api, *, seed=7, now: datetime | None = None, steady=False) -> None     (await)
        Creates everything, backdated: `creationTimestamp` lies up to months before `now`. Statuses are those that the
        controllers would have left, so a controller started afterwards finds nothing to put right but what is unfinished.
        With `steady`, nothing is left unfinished: no controller changes anything afterwards (snapshots, benchmarks).
    world.populate_many(api, n, *, seed=7, now=None, namespace="bulk") -> None             (await)
        Adds `n` Models with their statuses, and nothing else, in one namespace.
    world.live(api, *, seed=7, pace=1.0, steady=False) -> None                             (await; runs until cancelled)
        `populate`, then controllers and the people who now and then add a version; with `steady`, returns after `populate`.
    controllers.run(api, *, pace=1.0, seed=7) -> None                                      (await; runs until cancelled)
        The controllers only, over whatever is there. `pace` 60 makes a minute of cluster time pass in a second.

What the world needs of `demo.api.Api`, all of it as the transport would call it but without authorization:

    objects are plain dicts as JSON has them; a `Resource` or (group, plural) names the kind
    create(..., created: datetime | None = None)    backdates creationTimestamp (uid and resourceVersion are made as ever)
    a way to write spec and status of a new object in one go (the world's bulk path), and `update_status`
    delete with propagation; watch as an async iterator of (type, object) from a list's resourceVersion
"""
