"""Lines of containers' logs: their time, their text made harmless, their order, and how many of them are kept. Pure."""
