"""What every page shares: frame, macros, style sheet, how values are written, error pages."""
