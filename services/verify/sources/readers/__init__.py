"""Files of statistics offices as they really come, each format turned into the same table: one row per cell."""
