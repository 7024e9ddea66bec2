"""`python -m eval` is `newsqa eval`."""

import sys

from rag.cli.group import run

if __name__ == "__main__":
    sys.exit(run(["eval", *sys.argv[1:]]))
