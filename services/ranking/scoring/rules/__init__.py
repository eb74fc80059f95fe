"""What is true of scores: readiness, score sheets, standings, who may see them."""
