"""`python -m services.verify screen …`, `… check-audit` and `… retry-parked`."""

import sys


def main(arguments: list[str]) -> int:
    """Runs one command. `read` starts alone: it needs none of what the screening loads."""
    if arguments[:1] == ["read"]:
        from services.verify.sources.commands import main as read

        return read(arguments)
    from services.verify.cli import main as others

    return others(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
