"""The example of a third party's package, found as if it were installed."""

import os
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "examples" / "handsel_example"


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, **changed: str) -> None:
    """Write the metadata that an installation writes, and let this process and its children find it.

    Args:
        folder: An empty folder.
        monkeypatch: Undoes it.
        changed: Entry points of ``handsel.skills`` in place of the package's own.
    """
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    groups = {**project["entry-points"], **({"handsel.skills": changed} if changed else {})}
    lines = [
        f"[{group}]\n" + "".join(f"{n} = {w}\n" for n, w in names.items()) for group, names in groups.items()
    ]
    info = folder / f"handsel_example-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("".join(lines))
    for place in (folder, PACKAGE):
        monkeypatch.syspath_prepend(place)
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(PACKAGE), before]))
