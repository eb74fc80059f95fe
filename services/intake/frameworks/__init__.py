"""Look at a cycle's framework, take it away, try it on last year's figures."""
