"""The ledger: every change made through the console, kept on this machine, chained by hash."""
