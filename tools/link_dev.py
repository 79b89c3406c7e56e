"""Link the parts into ``.dev/handsel`` so that type checkers and editors resolve ``handsel.…`` from anywhere.

Usage:
    python tools/link_dev.py
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Build the folder of links anew."""
    match = re.search(r"PARTS = \(([^)]*)\)", (ROOT / "setup.py").read_text())
    assert match is not None, "setup.py names the parts"
    target = ROOT / ".dev" / "handsel"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for part in re.findall(r'"(\w+)"', match[1]):
        (target / part).symlink_to(Path("../..") / part, target_is_directory=True)
    for file in (ROOT / "src" / "handsel").iterdir():
        if file.is_file():
            (target / file.name).symlink_to(Path("../..") / file.relative_to(ROOT))


if __name__ == "__main__":
    main()
