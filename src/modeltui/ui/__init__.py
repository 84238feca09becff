"""The console: everything that draws."""
