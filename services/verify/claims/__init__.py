"""What intake says: cycles, their members, and what each unit claims."""
