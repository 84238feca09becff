"""The controllers of the embedded cluster. See `modeltui.demo.world` for the signatures they are started with."""
