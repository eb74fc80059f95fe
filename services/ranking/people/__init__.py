"""Who ranking deals with: circles of roles, and sign-ins that were ended."""
