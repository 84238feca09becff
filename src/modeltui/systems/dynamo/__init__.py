"""NVIDIA Dynamo: graphs of components that serve a model, requests for such graphs, and models on them."""
