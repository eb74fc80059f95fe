"""Plays one whole cycle through the services' own doors, as the people who would really come through them."""
