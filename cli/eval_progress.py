"""How far an evaluation is, and how long it will still take."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

EVERY = 60.0
"""Without a terminal a line is written so often at most, [s]."""


class Estimate:
    """Guesses the time left from the episodes that were run since it began; those found count as no time."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic):
        """Begin with nothing done.

        Args:
            total: How many episodes there are.
            clock: Gives the time, [s].
        """
        self.total, self._clock = total, clock
        self.done = self._found = 0
        self._began = clock()

    def find(self) -> None:
        """Count an episode that was there already."""
        self.done += 1
        self._found += 1

    def finish(self) -> None:
        """Count an episode that was run."""
        self.done += 1

    @property
    def left(self) -> float | None:
        """Time left, [s]; None where nothing was run yet."""
        ran = self.done - self._found
        return (self._clock() - self._began) / ran * (self.total - self.done) if ran else None

    @property
    def words(self) -> str:
        """The time left in words, rounded as a guess deserves."""
        left = self.left
        if left is None:
            return ""
        if left < 90.0:
            return f"about {max(5, 5 * round(left / 5.0))} s left" if self.done < self.total else ""
        return f"about {left / 60.0:.0f} min left" if left < 5400.0 else f"about {left / 3600.0:.1f} h left"


class Course:
    """Shows on the error stream how far it is: a bar on a terminal, else a line now and then."""

    def __init__(self, console: Console, progress: Progress):
        """Show nothing yet.

        Args:
            console: Where to.
            progress: The bar.
        """
        self._console, self._progress = console, progress
        self._told = time.monotonic()

    def say(self, text: str) -> None:
        """Say a line above the bar."""
        self._progress.console.print(text, markup=False, soft_wrap=True)

    @contextmanager
    def of(self, name: str, total: int) -> Iterator[Callable[[bool, bool], None]]:
        """Show the course of some episodes meanwhile.

        Args:
            name: What is run.
            total: How many there are.

        Yields:
            What is called with each episode: whether it succeeded, and whether it was there already.
        """
        estimate, successes = Estimate(total), 0
        bar = self._progress.add_task(name, total=total, left="")

        def on_episode(success: bool, found: bool) -> None:
            nonlocal successes
            successes += success
            (estimate.find if found else estimate.finish)()
            told = f"{name}: {successes} done"
            self._progress.update(bar, completed=estimate.done, description=told, left=estimate.words)
            now = time.monotonic()
            if not self._console.is_terminal and now - self._told > EVERY:
                self._told = now
                self.say(f"{told}, {estimate.done} of {total}; {estimate.words}")

        yield on_episode


@contextmanager
def course(console: Console) -> Iterator[Course]:
    """Show how far it is meanwhile."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Course(console, progress)
