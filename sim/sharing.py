"""Who runs the episodes of an evaluation: this process, several on this machine, or a Ray cluster.

An episode depends on nothing but the run's seed and its own number, so that the
figures do not depend on who runs it.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from ..core.errors import InputError
from .suite import Conditions, Record, run_episode

RAY = "ray"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Who shares the episodes.

    Attributes:
        count: Processes on this machine.
        cluster: Address of a Ray cluster, empty for one that is started here for the run; None for no Ray.
    """

    count: int = 1
    cluster: str | None = None

    @property
    def alone(self) -> bool:
        """Whether this process runs everything itself, one episode after another."""
        return self.cluster is None and self.count == 1


def read_workers(text: str) -> Workers:
    """Read a number, ``ray`` or ``ray:ADDRESS``.

    Raises:
        InputError: If it is none of these.
    """
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 1024:
        return Workers(count=int(text))
    name, _, address = text.partition(":")
    if name == RAY:
        return Workers(cluster=address)
    raise InputError(
        f"cannot share the episodes over {text!r}; expected a number of processes from 1 to 1024, "
        "'ray', or 'ray:ADDRESS' such as 'ray:10.0.0.1:6379'"
    )


def run_shared(
    conditions: Conditions, numbers: Sequence[int], folder: Path, workers: Workers
) -> Iterator[Record]:
    """Run episodes.

    Args:
        conditions: What is the same in every episode.
        numbers: Their numbers.
        folder: Where files about the episodes go.
        workers: Who shares them.

    Yields:
        The records, in the order in which episodes end.
    """
    if workers.cluster is not None:
        from .ray_sharing import run_on_ray

        yield from run_on_ray(conditions, numbers, folder, workers.cluster)
    elif workers.alone or len(numbers) < 2:
        for number in numbers:
            yield run_episode(conditions, number, folder)
    else:
        yield from _in_processes(conditions, numbers, folder, workers.count)


def _in_processes(
    conditions: Conditions, numbers: Sequence[int], folder: Path, count: int
) -> Iterator[Record]:
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(run_episode, conditions, number, folder) for number in numbers]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            # Leaving the pool would wait for every episode still to come, and say nothing meanwhile.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
