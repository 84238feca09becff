"""AI Runway: one kind of deployment, carried out by whichever provider can."""
