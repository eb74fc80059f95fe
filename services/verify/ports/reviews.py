"""What screening and deciding need from the outside: claims and figures to look at, items, findings and decisions."""
