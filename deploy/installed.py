"""`installed.py requirements.txt`: which pinned packages this interpreter lacks, one a line; exit 0 when none.

So that an environment made by other means (an image, another tool) is taken as it is.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pip._vendor.packaging.markers import Marker

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==([^ ;\\]+)\s*(?:;\s*([^\\]+))?")


def missing(requirements: Path) -> list[str]:
    """`name==version` of every pin for this platform and Python that is not installed just so."""
    lacking = []
    for line in requirements.read_text().splitlines():
        pin = PIN.match(line)
        if pin is None:
            continue
        name, wanted, marker = pin.groups()
        if marker and not Marker(marker.strip()).evaluate():
            continue
        try:
            found = version(name)
        except PackageNotFoundError:
            found = None
        if found != wanted:
            lacking.append(f"{name}=={wanted}")
    return lacking


if __name__ == "__main__":
    lines = missing(Path(sys.argv[1]))
    print("\n".join(lines))
    sys.exit(bool(lines))
