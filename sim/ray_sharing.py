"""Episodes on a Ray cluster.

Every episode is one task. What it writes comes back with its record, as the
machines need not share a disk, and at most a few finished episodes wait in the
object store at a time. A task whose worker or machine is lost is run again.

Ray moves Python objects as pickles, by its own design: use it on machines and
networks that you trust.
"""

import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from ..core.errors import HandselError, InputError, MissingDependency
from .suite import Conditions, Record, run_episode

PACKAGE = "handsel"
LOOPBACK = "127.0.0.1"
RETRIES = 3
"""How often an episode is begun again because its worker was lost."""
AHEAD = 2
"""Episodes that are handed out for each processor: one that runs, one that waits."""
MOST_BYTES = 256_000_000
"""What an episode may write, [B]: traces take a few hundred kilobytes, videos a few megabytes."""
Files = dict[str, bytes]


def run_on_ray(
    conditions: Conditions, numbers: Sequence[int], folder: Path, address: str
) -> Iterator[Record]:
    """Run episodes on a cluster.

    Args:
        conditions: What is the same in every episode.
        numbers: Their numbers.
        folder: Where files about the episodes go, on this machine.
        address: The cluster's address; empty for one of this machine's processors, for this run alone.

    Yields:
        The records, in the order in which episodes end.

    Raises:
        MissingDependency: If Ray is not installed.
        InputError: If there is no cluster at the address, or another version of handsel runs on it.
        HandselError: If an episode's worker was lost again and again.
    """
    # Nobody is told that it is used, and a machine without a GPU is none with a hidden one.
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
    try:
        import ray
    except ImportError as missing:
        raise MissingDependency("Ray is not installed", "pip install 'handsel[ray]'") from missing
    _connect(ray, address)
    try:
        yield from _all(ray, conditions, numbers, folder)
    finally:
        ray.shutdown()


def _connect(ray: Any, address: str) -> None:
    quiet = {"logging_level": logging.ERROR, "log_to_driver": False}
    try:
        if address:
            ray.init(address=address, **quiet)
        else:
            ray.init(address="local", include_dashboard=False, _node_ip_address=LOOPBACK, **quiet)
    except (ConnectionError, ValueError) as error:
        raise InputError(
            f"no Ray cluster answers at {address!r} ({error}); expected HOST:PORT of its head, as "
            "'ray start --head' prints it"
        ) from error


def _all(ray: Any, conditions: Conditions, numbers: Sequence[int], folder: Path) -> Iterator[Record]:
    task = ray.remote(num_cpus=1, max_retries=RETRIES)(run_apart)
    most = AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
    left, running = list(numbers), dict[Any, int]()
    while left or running:
        while left and len(running) < most:
            number = left.pop(0)
            running[task.remote(asdict(conditions), number, version(PACKAGE))] = number
        (ended, *_), _ = ray.wait(list(running), num_returns=1)
        number = running.pop(ended)
        try:
            record, files = ray.get(ended)
        except ray.exceptions.RayTaskError as error:
            raise error.cause if isinstance(error.cause, HandselError) else error from None
        except ray.exceptions.RayError as error:
            raise HandselError(
                f"episode {number} was lost with its worker {RETRIES + 1} times over: {error}"
            ) from error
        write_files(folder, files)
        # The object store keeps what somebody still refers to.
        del ended
        yield record


def run_apart(conditions: dict[str, Any], number: int, wanted: str) -> tuple[Record, Files]:
    """Run one episode in a folder of its own, and give what it wrote; what the cluster's workers call.

    Args:
        conditions: What is the same in every episode.
        number: The episode's number.
        wanted: The version of handsel that is asked for.

    Returns:
        The record, and the files by their paths.

    Raises:
        InputError: If the version here is another one, or more is written than may be.
    """
    here = version(PACKAGE)
    if wanted != here:
        raise InputError(
            f"a machine of the cluster has handsel {here}, this one {wanted}: install one version"
        )
    with tempfile.TemporaryDirectory(prefix="handsel-") as place:
        record = run_episode(Conditions(**conditions), number, Path(place))
        files = {
            path.relative_to(place).as_posix(): path.read_bytes()
            for path in sorted(Path(place).rglob("*"))
            if path.is_file()
        }
    size = sum(map(len, files.values()))
    if size > MOST_BYTES:
        raise InputError(f"episode {number} wrote {size} bytes; at most {MOST_BYTES} are brought back")
    return record, files


def write_files(folder: Path, files: Files) -> None:
    """Write what an episode wrote elsewhere.

    Args:
        folder: Where to.
        files: Contents by relative paths.

    Raises:
        InputError: If a path leads out of the folder.
    """
    for name, content in files.items():
        parts = PurePosixPath(name).parts
        if PurePosixPath(name).is_absolute() or not parts or ".." in parts:
            raise InputError(f"an episode's file cannot be called {name!r}: it would lie outside its folder")
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
