"""`python -m services.verify screen …` and `python -m services.verify retry-parked`."""

import sys

from services.verify.cli import main

if __name__ == "__main__":
    sys.exit(main())
