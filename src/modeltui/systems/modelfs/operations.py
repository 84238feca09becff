"""What can be done with a version of a Model: paused or resumed, its sync run again, shared or not, taken out. Pure.

There is no run again in modelfs: it does not read its own annotation `resyncAt`, and sets a Dataset's `dataSyncRound` back. What
does work is ABSENT, and PRESENT again when the Dataset and its claim are gone; before that, PRESENT would find what is going.
"""

from __future__ import annotations

from collections.abc import Iterable

from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs import edits
from modeltui.systems.modelfs.types import ABSENT, Model
from modeltui.systems.modelfs.versions import VersionState, version_states
from modeltui.systems.operations import Going, Operation, Stage
from modeltui.systems.protocol import Facts


def of_model(model: Model, part: str, facts: Facts) -> Iterable[Operation]:
    """`part`: the name of a version. Of the Model as a whole there is nothing but editing it."""
    state = next((state for state in version_states(model, facts) if state.name == part and state.spec is not None), None)
    return () if state is None else _of_version(model, state)


def _of_version(model: Model, state: VersionState) -> Iterable[Operation]:
    name = state.name
    if state.spec is not None and state.spec.state == ABSENT:
        yield Operation(
            title=f"Resume version {name} (fetches it anew)",
            change=f"Resume version {name} of",
            stages=(Stage(become=lambda live: edits.resumed(live, name), once_gone=_held(model, state)),),
        )
    else:
        paused = Stage(become=lambda live: edits.paused(live, name))
        yield Operation(title=f"Pause version {name} (removes its weights)", change=f"Pause version {name} of", stages=(paused,))
        absent = Stage(become=lambda live: edits.paused(live, name), note=f"Version {name} ABSENT: modelfs removes its weights.")
        present = Stage(
            become=lambda live: edits.resumed(live, name),
            note=f"Version {name} PRESENT: modelfs fetches them anew.",
            once_gone=_held(model, state, going=True),
            otherwise=f"Until that is done, version {name} is ABSENT and has no weights: "
            f'"Resume version {name}" among the actions finishes it, or state PRESENT by hand when its Dataset and claim are gone.',
        )
        yield Operation(
            title=f"Sync version {name} again (removes its weights first)",
            change=f"Sync again: version {name} of",
            stages=(absent, present),
        )
    shared = state.spec is not None and state.spec.share is not None and state.spec.share.enabled
    yield Operation(
        title=f"{'Stop sharing' if shared else 'Share'} version {name}",
        change=f"{'Stop sharing' if shared else 'Share'} version {name} of",
        stages=(Stage(become=lambda live: edits.shared(live, name, enabled=not shared)),),
    )
    yield Operation(
        title=f"Take version {name} out",
        change=f"Take version {name} out of",
        stages=(Stage(become=lambda live: edits.without_version(live, name)),),
    )


def _held(model: Model, state: VersionState, *, going: bool = False) -> tuple[Going, ...]:
    """What holds the data. `going`: the Dataset will be deleted. The claim has been asked to go by the time its Dataset is gone,
    unless it is not the Dataset's own."""
    namespace = model.metadata.namespace
    claim = state.pvc_name or state.dataset_name  # the name that the Dataset gives it, until somebody has told us
    return (Going(DATASETS, namespace, state.dataset_name, sure=going), Going(CLAIMS, namespace, claim))
