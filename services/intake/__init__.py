"""Takes self-assessments in: directory, cycles, drafts, submissions, evidence and accounts; publishes intake's feed."""
