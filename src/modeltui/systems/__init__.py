"""One package per managed system; `registry` lists them."""
