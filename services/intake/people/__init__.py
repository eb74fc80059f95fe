"""Who acts here: what they may do, and what they did."""
