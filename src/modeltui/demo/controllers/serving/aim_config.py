"""AIMRuntimeConfig and AIMClusterRuntimeConfig: looked at, and found in order."""

from __future__ import annotations

from collections.abc import Mapping

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, status_of, write_status
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving.aim_health import paused, status
from modeltui.demo.controllers.serving.kinds import AIM_CLUSTER_CONFIGS, AIM_CONFIGS


class RuntimeConfigs:
    name = "aimruntimeconfig-controller"

    def __init__(self, *, cluster: bool) -> None:
        self._resource = AIM_CLUSTER_CONFIGS if cluster else AIM_CONFIGS

    @property
    def watches(self) -> Mapping[str, Mapper]:
        return {self._resource: itself}

    def reconcile(self, api: Api, key: Key) -> None:
        config = find(api, self._resource, key)
        if config is None or deleting(config) or paused(config):
            return
        new = {key: value for key, value in status(status_of(config), config, []).items() if key in ("conditions", "observedGeneration")}
        write_status(api, self._resource, config, new, manager=self.name)
