"""What is true of a ballot: when a box opens and closes, who votes, how papers are counted."""
