"""What can be done in verify: each use case takes a command, commits once, and returns a result."""
