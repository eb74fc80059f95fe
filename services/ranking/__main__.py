"""`python -m services.ranking rank …`, `… check-edition …` and `… retry-parked`."""

import sys

from services.ranking.cli import main

if __name__ == "__main__":
    sys.exit(main())
