"""`python -m services.verify …`: the commands that need no server."""

import sys

from services.verify.cli import main

if __name__ == "__main__":
    sys.exit(main())
