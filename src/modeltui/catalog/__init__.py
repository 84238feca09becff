"""Catalogs of models and engines: what the console ships, and what its users add to that. Reads files, asks nobody."""
