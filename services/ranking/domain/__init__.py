"""What is true in ranking: scoring and voting apart, and `final`, which alone sees both."""
