"""What can be done: scoring, voting, and the council view of both."""
