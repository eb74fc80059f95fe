"""What use cases need to say what a release changed: what it concerns, and items before and after."""
