"""What a pod, a check and a system say of the same thing is one cause."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.conditions import NO_TEMPLATE
from modeltui.systems.serving.subjects import BARE_WORD, NO_TOKEN, no_room, no_secret
from modeltui.systems.serving.told_once import subject, told_once

ROOM_OF_POD = Finding(
    Severity.ERROR,
    "It asks for 16 nvidia.com/gpu, and no node has more than 8. (2 Insufficient)",
    "Ask for fewer.",
    about="Pod a-0",
    subject=no_room(16, "nvidia.com/gpu"),
)
ROOM_OF_CHECK = Finding(
    Severity.ERROR,
    "A pod asks for 16 nvidia.com/gpu, and no node has more than 8: it stays Pending.",
    "Ask for fewer, or split.",
    "spec.resources",
    subject=no_room(16, "nvidia.com/gpu"),
)
SECRET_OF_POD = Finding(
    Severity.ERROR, 'A Secret that it needs does not exist in this namespace: secret "hf" not found', "Make it.", about="Pod a-0"
)
SECRET_OF_CHECK = Finding(
    Severity.ERROR,
    "There is no Secret hf in namespace team, so that pods are not started.",
    "Create it there.",
    "spec.envFrom",
    subject=no_secret("hf"),
)
ANOTHER_SECRET = Finding(
    Severity.ERROR,
    'There is no Secret "ngc" in namespace team: pods that need it do not start.',
    "Create it.",
    "spec",
    subject=no_secret("ngc"),
)
TEMPLATE = Finding(
    Severity.ERROR,
    "No template can be used: 1 unoptimized filtered out.",
    "Set allowUnoptimized: true.",
    "status.conditions[TemplateReady]",
    subject=NO_TEMPLATE,
)
TEMPLATE_AGAIN = Finding(
    Severity.ERROR, "No template would be chosen: a is not optimized.", "Set it.", "spec.template.allowUnoptimized", subject=NO_TEMPLATE
)
GATED_OF_LOG = Finding(
    Severity.ERROR,
    "The model is gated on Hugging Face, and the pod may not fetch it.",
    "Accept its licence.",
    about="Pod a-0",
    subject=NO_TOKEN,
)
GATED_OF_CHECK = Finding(
    Severity.ERROR,
    "google/gemma is gated on the Hub, and nothing gives it a token.",
    "Name that Secret.",
    "spec.storageUri",
    subject=NO_TOKEN,
)


def test_the_pod_s_words_stay_with_the_field_of_the_check() -> None:
    for of_pod, of_check in ((ROOM_OF_POD, ROOM_OF_CHECK), (SECRET_OF_POD, SECRET_OF_CHECK), (GATED_OF_LOG, GATED_OF_CHECK)):
        (found,) = told_once([of_pod, of_check])
        assert (found.reason, found.about) == (of_pod.reason, of_pod.about)
        assert found.field == of_check.field
        assert found.remedy == (of_check if of_pod is GATED_OF_LOG else of_pod).remedy, "where the token is named, the check knows"


def test_what_has_a_field_keeps_its_own_remedy() -> None:
    assert told_once([TEMPLATE, TEMPLATE_AGAIN, TEMPLATE_AGAIN]) == [TEMPLATE]


def test_different_things_are_told_apart() -> None:
    every = [SECRET_OF_CHECK, ANOTHER_SECRET, ROOM_OF_POD, TEMPLATE]
    assert told_once(every) == every
    twelve = replace(ROOM_OF_CHECK, reason="A pod asks for 12.", field="spec.other", subject=no_room(12, "nvidia.com/gpu"))
    assert told_once([ROOM_OF_POD, twelve]) == [ROOM_OF_POD, twelve], "another number of GPUs is another pod's"


def test_a_warning_is_no_cause() -> None:
    mild = replace(SECRET_OF_CHECK, severity=Severity.WARNING)
    assert told_once([SECRET_OF_POD, mild]) == [SECRET_OF_POD, mild]


def test_a_system_s_bare_word_is_told_only_where_nothing_else_is() -> None:
    word = Finding(Severity.ERROR, "KServe says ModelLoadFailed.", "Read the log.", "status.modelStatus", subject=BARE_WORD)
    assert told_once([GATED_OF_LOG, word]) == [GATED_OF_LOG]
    assert told_once([word]) == [word]
    because = Finding(Severity.ERROR, "Dynamo says that it failed: no matches for kind.", "", "status.state")
    assert told_once([GATED_OF_LOG, because]) == [GATED_OF_LOG, because]


EVERY = [ROOM_OF_POD, ROOM_OF_CHECK, SECRET_OF_POD, SECRET_OF_CHECK, ANOTHER_SECRET, TEMPLATE, TEMPLATE_AGAIN, GATED_OF_LOG, GATED_OF_CHECK]


@given(st.lists(st.sampled_from(EVERY)))
def test_nothing_is_lost_and_nothing_told_twice(found: list[Finding]) -> None:
    told = told_once(found)
    assert {subject(one) for one in told} == {subject(one) for one in found}
    assert len({subject(one) for one in told}) == len(told)
    assert told_once(told) == told
