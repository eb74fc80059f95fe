"""What the use cases need from outside, as Protocols: one module for each room."""
