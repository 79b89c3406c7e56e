"""``handsel doctor``: what is there, what is missing, and the line that mends it."""

import ctypes
import importlib.metadata
import importlib.util
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Shared library -> the Debian package that has it.
SYSTEM_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libusb-1.0.so.0": "libusb-1.0-0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: What was looked at.
        good: Whether it is as it should be.
        detail: What was found.
        remedy: The line that mends it; empty where nothing has to be mended.
        needed: Whether ``handsel run`` needs it; what is optional never fails the doctor.
    """

    subject: str
    good: bool
    detail: str
    remedy: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """Say what is there, what is missing, and the line that mends it.

    Attributes:
        json: Print one JSON object and nothing else.
    """

    json: bool = False

    def execute(self) -> int:
        """Look at everything; exit code 1 where something needed is missing."""
        findings = list(examine())
        healthy = all(finding.good for finding in findings if finding.needed)
        if self.json:
            import json
            from dataclasses import asdict

            print(json.dumps({"healthy": healthy, "findings": [asdict(finding) for finding in findings]}))
        else:
            show(findings, healthy)
        return 0 if healthy else 1


def show(findings: list[Finding], healthy: bool) -> None:
    """Print one line a finding and a closing sentence."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        absent = "[red]missing[/]" if finding.needed else "[yellow]absent[/] "
        mark = "[green]ok[/]     " if finding.good else absent
        console.print(f"{mark} {escape(finding.subject):<24} {escape(finding.detail)}")
        if finding.remedy and not finding.good:
            console.print(f"{'':32} to mend it: [bold]{escape(finding.remedy)}[/]")
    console.print("all that is needed is there" if healthy else "[red]something needed is missing[/]")


def examine() -> Iterator[Finding]:
    """Look at one thing after another; nothing is changed but the cache of arm models."""
    yield python()
    yield from libraries()
    yield from packages()
    # What follows opens Drake, which cannot be done while a library or a package of it is missing.
    if importlib.util.find_spec("pydrake") is None:
        return
    yield attempt("cameras", cameras, "sudo apt-get install --no-install-recommends libegl1 libgl1")
    for name in ("panda", "so101"):
        yield attempt(f"arm model {name}", lambda name=name: arm_model(name), "make setup")


def python() -> Finding:
    """Look at the interpreter and the system."""
    system = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    good = sys.version_info >= (3, 11) and platform.system() in ("Linux", "Darwin")
    return Finding(subject="python", good=good, detail=system, remedy="use Python 3.11 or newer on Linux")


def libraries() -> Iterator[Finding]:
    """Try to load each system library."""
    if platform.system() != "Linux":
        return
    for library, package in SYSTEM_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
            yield Finding(subject=library, good=True, detail="loads")
        except OSError as error:
            yield Finding(
                subject=library,
                good=False,
                detail=str(error),
                remedy=f"sudo apt-get install --no-install-recommends {package}",
            )


def packages() -> Iterator[Finding]:
    """Look whether each package that handsel requires is installed."""
    for line in importlib.metadata.requires("handsel") or ():
        requirement, _, marker = line.partition(";")
        name = requirement.split(">")[0].split("=")[0].split("[")[0].strip()
        extra = marker.split("==")[-1].strip(" '\"") if "extra" in marker else ""
        if extra not in ("", "models"):
            continue
        try:
            version = importlib.metadata.version(name)
            yield Finding(subject=name, good=True, detail=version, needed=not extra)
        except importlib.metadata.PackageNotFoundError:
            remedy = f"pip install 'handsel[{extra}]'" if extra else f"pip install '{requirement.strip()}'"
            detail = f"not installed (extra: {extra})" if extra else "not installed"
            yield Finding(subject=name, good=False, detail=detail, remedy=remedy, needed=not extra)


def attempt(subject: str, look: Callable[[], str], remedy: str) -> Finding:
    """Try something that may fail in ways that only the system knows.

    Args:
        subject: What is looked at.
        look: Returns what it found, or raises.
        remedy: The line that mends it.
    """
    try:
        return Finding(subject=subject, good=True, detail=look())
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        return Finding(subject=subject, good=False, detail=str(error).strip() or repr(error), remedy=remedy)


def cameras() -> str:
    """Render one picture in a process of its own.

    Raises:
        RuntimeError: If the picture does not come, or is wrong.
    """
    command = [sys.executable, "-m", "handsel.cli.camera_check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines() or [f"ended with code {done.returncode}"]
    if done.returncode != 0:
        raise RuntimeError(lines[-1])
    return lines[-1]


def arm_model(name: str) -> str:
    """Load an arm, which converts it into the cache the first time."""
    from ..robots.models import load_model

    model = load_model(name)
    return f"{model.n} joints, in {model.urdf.parent}"
