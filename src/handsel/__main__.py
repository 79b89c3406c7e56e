"""Run the command line as ``python -m handsel``."""

import sys

from handsel.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
