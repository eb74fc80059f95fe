"""What is true about directories, cycles, self-assessments and evidence; pure."""
