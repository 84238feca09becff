"""A terminal console for people who run language models on Kubernetes."""

__version__ = "0.1.0"
