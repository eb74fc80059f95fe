"""One file per check, and the ordered list of them."""
