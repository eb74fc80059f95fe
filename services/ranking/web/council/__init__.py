"""The one place where table and tally stand on one page, apart."""
