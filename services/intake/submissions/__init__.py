"""What a unit sent, under which document, and what the staff did with it."""
