"""Whether what a ModelSource names can be reached and seen from this machine: asked by people, one question at a time."""
