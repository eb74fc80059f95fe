"""What intake's feed does to the claims."""
