"""What is true about claims and evidence: pure functions and frozen dataclasses, no server."""
