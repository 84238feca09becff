"""What the log screen is made of, one idea per file: which lines are in sight, how they look, how often they are painted."""
