"""A cycle on its way to an edition: what has arrived, what is frozen, what was issued."""
