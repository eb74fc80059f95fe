"""What somebody reads of notices, and the mail that carries them."""
