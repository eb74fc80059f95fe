"""What is drawn, and how sure one can be of what it finds."""
