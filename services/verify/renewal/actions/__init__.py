"""What a screening does to the review items."""
