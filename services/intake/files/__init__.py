"""Files that units bring: kept by hash, scanned, deleted when their period is over."""
