"""Asking when in doubt: which options remain, by conformal prediction (after Ren et al., "KnowNo", 2023).

On calibration data somebody said which option was right. The score of a line is 1 minus
the probability that the right option got. With n lines and a target t, the k-th smallest
score, k = ceil((n + 1) t), bounds the score of a new line with probability at least t and
at most t + 1 / (n + 1), whatever the model, as long as new lines are drawn as those of the
data were (Vovk et al., 2005; Angelopoulos & Bates, 2021). So the options that have at
least 1 minus that bound hold the right one so often; the person is asked where more than
one of them can be done. Weights that are no probabilities, such as those of a ranking,
are calibrated as well; only the set grows where they say little. Each way of weighing
options has a bound of its own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import InputError

FORMAT = "handsel.asking/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One decision whose right answer is known.

    Attributes:
        method: How the options were weighed.
        probabilities: Their weights, together 1.
        right: Index of the right one.
    """

    method: str
    probabilities: tuple[float, ...]
    right: int

    @property
    def score(self) -> float:
        """1 minus what the right option got."""
        return 1.0 - self.probabilities[self.right]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What was found for one way of weighing.

    Attributes:
        least: Options with at least this weight remain.
        lines: On how many lines it rests.
        asked: Share of these lines on which more than one option remains.
    """

    least: float
    lines: int
    asked: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """When to ask.

    Attributes:
        target: How often the right option has to be among those that remain.
        bounds: A bound for each way of weighing.
    """

    target: float
    bounds: Mapping[str, Bound]

    def least(self, method: str) -> float:
        """Give the least weight with which an option remains.

        Raises:
            InputError: If there is no calibration for this way of weighing.
        """
        if method not in self.bounds:
            raise InputError(
                f"asking is not calibrated for options weighed by {method!r}, only by "
                f"{', '.join(map(repr, self.bounds))}; calibrate it with: handsel calibrate asking"
            )
        return self.bounds[method].least

    def write(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            InputError: If the file cannot be written.
        """
        bounds = {
            name: {"least": one.least, "lines": one.lines, "asked": one.asked}
            for name, one in self.bounds.items()
        }
        told = {"format": FORMAT, "target": self.target, "bounds": bounds}
        try:
            path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from error


def calibrated(lines: Sequence[Line], target: float) -> Asking:
    """Find the bounds.

    Args:
        lines: Decisions with their right answers.
        target: How often the right option has to remain, above 0 and below 1.

    Raises:
        InputError: If there are no lines, or the target is none.
    """
    if not 0.0 < target < 1.0:
        raise InputError(f"the target is {target!r}; expected a share between 0 and 1, such as 0.85")
    if not lines:
        raise InputError("there is nothing to calibrate with; each line has method, probabilities and right")
    bounds = {}
    for method in dict.fromkeys(line.method for line in lines):
        own = [line for line in lines if line.method == method]
        least = threshold([line.score for line in own], target)
        asked = float(np.mean([len(remaining(line.probabilities, least)) > 1 for line in own]))
        bounds[method] = Bound(least=least, lines=len(own), asked=asked)
    return Asking(target=target, bounds=bounds)


def threshold(scores: Sequence[float], target: float) -> float:
    """Give the least weight with which an option remains; 0 where there are too few lines for the target.

    Args:
        scores: 1 minus the weight of the right option, one a line.
        target: How often the right option has to remain.
    """
    ordered = np.sort(np.asarray(scores, np.float64))
    # Away from rounding: 0.9 of 9 + 1 is 9, and not a hair more.
    k = ceil((len(ordered) + 1) * target - 1e-9)
    return 0.0 if k > len(ordered) else float(1.0 - ordered[k - 1])


def remaining(probabilities: Sequence[float], least: float) -> tuple[int, ...]:
    """Give the options that remain, by index; the likeliest always does.

    Args:
        probabilities: What each option got.
        least: With how much one remains.
    """
    best = int(np.argmax(probabilities))
    # Not to lose an option whose own weight made the bound.
    return tuple(i for i, p in enumerate(probabilities) if p >= least - 1e-12 or i == best)


def read_asking(path: Path) -> Asking:
    """Read what ``Asking.write`` wrote.

    Raises:
        InputError: If it is no such file.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise ValueError(f"its format is {told['format']!r}")
        bounds = {
            str(name): Bound(least=float(one["least"]), lines=int(one["lines"]), asked=float(one["asked"]))
            for name, one in told["bounds"].items()
        }
        return Asking(target=float(told["target"]), bounds=bounds)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{str(path)!r} is no calibration: {error!r}; make one with: handsel calibrate asking"
        ) from error


def read_lines(path: Path) -> tuple[Line, ...]:
    """Read calibration data: one JSON object a line, with ``method``, ``probabilities`` and ``right``.

    Raises:
        InputError: If a line is none.
    """
    try:
        texts = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{str(path)!r} cannot be read: {error}") from error
    lines = []
    for number, text in enumerate(texts, start=1):
        if text.strip():
            try:
                lines.append(_line(json.loads(text)))
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"line {number} of {str(path)!r} cannot be used: {error!r}; expected "
                    '{"method": "...", "probabilities": [0.7, 0.3], "right": 0}'
                ) from error
    return tuple(lines)


def _line(told: Any) -> Line:
    """Check a line.

    Raises:
        ValueError: If its numbers make no sense.
    """
    probabilities = tuple(float(one) for one in told["probabilities"])
    right = told["right"]
    if not isinstance(right, int) or not 0 <= right < len(probabilities):
        raise ValueError(f"right is {right!r}; expected the index of one of {len(probabilities)} options")
    if min(probabilities) < 0.0 or not 0.98 <= sum(probabilities) <= 1.02:
        raise ValueError(f"the probabilities are {probabilities!r}; expected shares that add up to 1")
    return Line(method=str(told["method"]), probabilities=probabilities, right=right)
