"""What the reviewers ask a unit, and how it explains itself."""
