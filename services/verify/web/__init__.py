"""What the pages of all subjects share: words, forms, uploads, routes."""
