"""A unit's self-assessment while it is filled in: claims, documents, workbooks."""
