"""Map the parts at the repository's root onto the one import name ``handsel``."""

from setuptools import find_packages, setup

PARTS = ("agent", "cli", "core", "perception", "planners", "prompts", "robots", "sim", "skills")
FOUND = find_packages(include=[p for part in PARTS for p in (part, f"{part}.*")])

setup(
    packages=["handsel", *(f"handsel.{package}" for package in FOUND)],
    package_dir={"handsel": "src/handsel"} | {f"handsel.{part}": part for part in PARTS},
)
