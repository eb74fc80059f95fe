"""What is looked at first, what is drawn at random, what may be accepted together."""
