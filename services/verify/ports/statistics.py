"""What use cases need of files of statistics: a table with one row per cell, whatever the format."""
