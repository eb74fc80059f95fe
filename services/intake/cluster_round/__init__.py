"""One cluster in its round: everything there is to read."""
