"""Prepare a cycle, open it, close its intake, put it away; copy it into the next year."""
