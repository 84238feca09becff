"""From a deployment or a pod on a screen to a prompt to it, or to a local port that leads there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from modeltui.kube.errors import KubeError
from modeltui.kube.port_forward import PODS, READ_ONLY
from modeltui.kube.resource import Resource
from modeltui.prompting.routes import READ_ONLY as NO_PROMPT
from modeltui.systems.core import quantity
from modeltui.systems.core.types import SERVICES
from modeltui.systems.serving.named import NotFoundByName
from modeltui.systems.serving.reaching import NotReachable, resolve
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.base import ConsoleScreen

if TYPE_CHECKING:
    from modeltui.ui.changing import Offer

HIGHEST: Final = 65535


class Reaches(ConsoleScreen):
    """For a screen that shows what serves models. `reached` says which one is meant."""

    cluster: Cluster

    def reached(self) -> tuple[str, str] | None:
        """Namespace, and the name as the verbs take it: "isvc/qwen", "pod/llm-0". None when there is nothing under the cursor."""
        raise NotImplementedError

    def offers(self) -> Sequence[Offer]:
        from modeltui.ui.changing import Offer

        if (named := self.reached()) is None:
            return ()
        return (
            Offer("Prompt it", self.action_prompt, verb="", ask=lambda: self._no_prompt(named[0])),
            Offer("Forward a port to it", self.action_port_forward, verb="", ask=lambda: self._no_port(named[0])),
        )

    async def action_prompt(self) -> None:
        from modeltui.ui.screens.prompt import PromptScreen

        if (named := self.reached()) is None:
            return
        if self.console.bar.read_only:
            self.console.say(f"{NO_PROMPT[0].upper()}{NO_PROMPT[1:]}.", error=True)
            return
        if why := await self._no_prompt(named[0]):
            self.console.say(f"No prompt can be sent: {why}.", error=True)
            return
        await self.app.push_screen(PromptScreen(self.cluster, *named))

    async def action_port_forward(self) -> None:
        """Asks for the local port, and goes on in the background: the list of forwards says how it is."""
        if (named := self.reached()) is None:
            return
        if self.console.bar.read_only:
            self.console.say(f"{READ_ONLY[0].upper()}{READ_ONLY[1:]}.", error=True)
            return
        if why := await self._no_port(named[0]):
            self.console.say(f"No port can be forwarded: {why}.", error=True)
            return
        await self.ask(
            f"Local port (0: any free one) for {named[1].rpartition('/')[2]}",
            lambda typed: self._forward(named, typed),
            value="0",
            proposed=True,
        )

    async def _no_port(self, namespace: str) -> str:
        return await self._why_not(namespace, PODS, "portforward")

    async def _no_prompt(self, namespace: str) -> str:
        """A prompt goes through a Service, or to a pod where there is none: only who may use neither certainly may not."""
        of_service = await self._why_not(namespace, SERVICES, "proxy")
        return of_service if of_service and await self._why_not(namespace, PODS, "proxy") else ""

    async def _why_not(self, namespace: str, resource: Resource, subresource: str) -> str:
        """ "" when it is allowed, or when nobody says."""
        try:
            verdict = await self.cluster.session.access.allowed("create", resource, namespace, subresource=subresource)
        except KubeError:
            return ""
        if verdict.allowed is not False:
            return ""
        return f"you may not create {resource.plural}/{subresource} in {namespace}" + (f": {verdict.reason}" if verdict.reason else "")

    def _forward(self, named: tuple[str, str], typed: str) -> None:
        port = typed.strip() or "0"
        if (number := quantity.whole(port)) is None or number > HIGHEST:
            self.console.say(f"{typed.strip()!r} is no port; give a number from 0 to {HIGHEST}.", error=True)
            return
        self.run_worker(self._open(named, number), group="forward")

    async def _open(self, named: tuple[str, str], port: int) -> None:
        session = self.cluster.session
        try:
            found = await resolve(session.client, session.discovery, *named)
            forward = await self.cluster.forwards.open(found.target, port)
        except (NotReachable, NotFoundByName) as error:
            self.console.say(f"{error}.", error=True)
            return
        except KubeError as error:
            self.console.say(str(error), error=True, raw=raw_words(error))
            return
        await forward.known()
        if forward.reason:
            self.console.say(f"http://{forward.address} is open, and {forward.reason}; :forwards lists and stops it.")
        else:
            self.console.say(f"http://{forward.address} leads to {found.title} now; :forwards lists and stops it.")
