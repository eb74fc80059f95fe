"""What all web applications of the suite share: frame, access, errors, languages, formats, routing."""
