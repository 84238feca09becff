"""One way to write: what to send, dry run, difference, refusals in sentences, execution with an account, undo."""
