"""What is true of editions: inputs, ranking, simulation, signature, chain, who may see them."""
