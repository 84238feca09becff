"""What detail screens say, as lines: pure functions from objects, on top of `systems.*.explain`."""
