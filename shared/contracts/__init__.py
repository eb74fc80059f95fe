"""What the services say to each other: events, schemas, sentences and refusals."""
