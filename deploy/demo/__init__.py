"""Plays one whole cycle through the services' public APIs, as the people whose tasks these are."""
