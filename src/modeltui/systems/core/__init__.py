"""Built-in Kubernetes kinds that several systems stand on: what of them is read, and quantities."""
