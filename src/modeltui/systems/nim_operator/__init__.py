"""NVIDIA NIM operator: NIMServices and the NIMCaches that they read weights from. What makes them is a room of its own (`systems/nim`)."""
