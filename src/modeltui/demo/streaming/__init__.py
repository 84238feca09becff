"""Bytes to and from pods: port-forward in the protocols that clients speak, and the proxy of pods and services.

`pods` is the network that leads to what listens in a pod; `port_forward` and `proxy` are the requests that end there.
"""
