"""What prints instead of drawing."""
