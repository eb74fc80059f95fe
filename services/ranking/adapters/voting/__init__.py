"""How voting keeps its facts: schema `voting`."""
