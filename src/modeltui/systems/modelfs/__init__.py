"""modelfs: Model and ModelSource (model.samzong.dev/v1)."""
