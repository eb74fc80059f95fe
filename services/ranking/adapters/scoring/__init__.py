"""How scoring keeps its facts: schema `scoring`."""
