"""What use cases need to fetch a source's files from where its publisher publishes them."""
