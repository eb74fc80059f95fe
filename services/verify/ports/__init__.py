"""What verify's use cases need from the outside, as protocols."""
