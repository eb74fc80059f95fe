"""Review items: what each asks, who may do what about it, and what was done."""
