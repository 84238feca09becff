"""KAITO: Workspaces, which bring their own nodes, and InferenceSets of them."""
