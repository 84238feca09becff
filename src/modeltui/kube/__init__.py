"""Kubernetes without generated models: credentials, transport, discovery, rights, watching, logs."""
