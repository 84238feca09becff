"""The embedded cluster: an API server, controllers and a small world, for the demo and for tests."""
