"""Print the Debian packages of the system libraries that cannot be loaded, separated by blanks.

The table itself is the one that ``handsel doctor`` shows; this file reads it
without importing handsel, since it runs before anything is installed.
"""

import ast
import ctypes
from pathlib import Path


def table() -> dict[str, str]:
    """Read the table of libraries from the source of the doctor."""
    source = (Path(__file__).parent.parent / "cli" / "doctor.py").read_text()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SYSTEM_LIBRARIES":
            return ast.literal_eval(node.value)
    raise SystemExit("cli/doctor.py has no SYSTEM_LIBRARIES")


def missing(libraries: dict[str, str]) -> list[str]:
    """List the packages of the libraries that the loader does not find."""
    absent = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            absent.append(package)
    return absent


if __name__ == "__main__":
    print(*missing(table()))
