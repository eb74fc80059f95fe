"""`python -m services.ranking rank …` and `python -m services.ranking check-edition …`."""

import sys

from services.ranking.cli import main

if __name__ == "__main__":
    sys.exit(main())
