"""Verify's doors: the JSON API, the pages for staff, the feed."""
