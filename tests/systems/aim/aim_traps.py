"""All traps of AIM Engine's kinds: a manifest that has it, one that has not, and what is known around them."""

from __future__ import annotations

from tests.systems.aim import aim_traps_of_models, aim_traps_of_needs, aim_traps_of_services

TRAPS = [*aim_traps_of_services.TRAPS, *aim_traps_of_needs.TRAPS, *aim_traps_of_models.TRAPS]
