"""Review items, the steps of their reviews, and how both are shown."""
