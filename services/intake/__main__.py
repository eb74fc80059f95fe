"""`python -m services.intake …`: commands for whoever runs the service."""

import sys

from services.intake.cli import main

if __name__ == "__main__":
    sys.exit(main())
