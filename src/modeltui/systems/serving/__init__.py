"""What all systems that serve models have in common: a deployment, its pods and GPUs, and why it does not run. Pure but for `live`."""
