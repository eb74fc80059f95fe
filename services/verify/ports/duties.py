"""What use cases need for due dates, locks of ratings and their corrections."""
