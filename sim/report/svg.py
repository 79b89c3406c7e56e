"""Plots as inline SVG: bars with whiskers, counts, distributions and time lines. Colours are the page's.

Every plot is as wide as its place and has letters of a size that can be read on a phone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

from ..statistics import quantile

WIDTH = 440.0
"""Of every plot, in its own units: about pixels."""
ROW = 36.0
BINS = 22
MOST = 0.98
"""A distribution is drawn up to this quantile; what is beyond is one bar of its own."""
STEPS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Axes end at one of these times a power of ten."""
LETTER = 6.6
"""How wide a letter is at most, in the plot's units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of shares.

    Attributes:
        label: What it is of.
        share: 0 to 1.
        low: Lower end of its whisker.
        high: Upper end of its whisker.
        note: What is said at its right.
        tone: ``mark`` or ``soft``.
    """

    label: str
    share: float
    low: float
    high: float
    note: str
    tone: str = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something on a time line.

    Attributes:
        at: When, [s].
        tone: ``well``, ``warn`` or ``bad``.
        words: What happened.
    """

    at: float
    tone: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One episode's time line.

    Attributes:
        label: Which episode.
        stages: Begin and end of each stage, [s], and its words.
        signs: What happened.
        end: When it was over, [s].
        success: Whether it was done.
    """

    label: str
    stages: tuple[tuple[float, float, str], ...]
    signs: tuple[Sign, ...]
    end: float
    success: bool


def framed(body: str, height: float, words: str) -> str:
    """Put a drawing's parts into an image that says in words what it shows."""
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{escape(words)}">'
        f"<title>{escape(words)}</title>{body}</svg>"
    )


def rates(bars: Sequence[Bar], words: str) -> str:
    """Draw shares from 0 to 1, each with its interval.

    Args:
        bars: One a row.
        words: What is shown, for those who do not see it.
    """
    parts: list[str] = []
    for number, bar in enumerate(bars):
        y = ROW * number
        parts.append(_row_words(y, bar.label, bar.note))
        parts.append(_rect(0.0, y + 19.0, WIDTH, 9.0, "track"))
        if bar.share > 0.0:
            parts.append(_rect(0.0, y + 19.0, WIDTH * bar.share, 9.0, bar.tone))
        x, right, middle = WIDTH * bar.low, WIDTH * bar.high, y + 23.5
        parts.append(
            f'<path class="whisker" d="M{x:.1f} {middle - 6:.1f}v12M{x:.1f} {middle:.1f}H{right:.1f}'
            f'M{right:.1f} {middle - 6:.1f}v12"/>'
        )
    return framed("".join(parts), ROW * max(len(bars), 1), words)


def counts(rows: Sequence[tuple[str, int]], words: str, tone: str = "bad") -> str:
    """Draw how often things happened.

    Args:
        rows: What, and how often.
        words: What is shown.
        tone: The bars' colour.
    """
    most = max((count for _, count in rows), default=1) or 1
    parts: list[str] = []
    for number, (label, count) in enumerate(rows):
        y = ROW * number
        parts.append(_row_words(y, label, str(count)))
        parts.append(_rect(0.0, y + 19.0, WIDTH * count / most, 9.0, tone))
    return framed("".join(parts), ROW * max(len(rows), 1), words)


def distribution(
    values: Sequence[float], unit: str, words: str, limit: tuple[float, str] | None = None
) -> str:
    """Draw how values are spread, from 0 on.

    Args:
        values: The sample, not empty; what is below 0 counts as 0.
        unit: Their unit.
        words: What is shown.
        limit: A value that has a meaning, and which.
    """
    clipped = [max(0.0, value) for value in values]
    reach = max(quantile(clipped, MOST) or 0.0, limit[0] * 1.05 if limit else 0.0)
    top = nice(reach)
    heights = [0] * BINS
    beyond = 0
    for value in clipped:
        if value > top:
            beyond += 1
        else:
            heights[min(int(BINS * value / top), BINS - 1)] += 1
    tallest = max(*heights, beyond, 1)
    room, base, left = 92.0, 104.0, 2.0
    wide = (WIDTH - 2 * left) / (BINS + (1.5 if beyond else 0.0))
    parts = []
    for number, height in enumerate([*heights, beyond]):
        if height:
            tall = max(room * height / tallest, 1.5)
            last = number == BINS
            x = left + wide * (number + (0.5 if last else 0.0))
            span = f"more than {top:g} {unit}" if last else f"{_edge(number, top)} {unit}"
            tip = f"<title>{height}: {escape(span)}</title>"
            parts.append(_rect(x + 0.7, base - tall, wide - 1.4, tall, "warn" if last else "mark", tip))
    parts.append(f'<path class="axis" d="M0 {base:g}H{WIDTH:g}"/>')
    end = left + wide * BINS
    for share in (0.0, 0.5, 1.0):
        anchor = ("start", "middle", "end")[round(2 * share)]
        x = left + share * (end - left) - (10.0 if beyond and share == 1.0 else 0.0)
        parts.append(_text(x, base + 15.0, f"{share * top:.3g}{' ' + unit if share == 1.0 else ''}", anchor))
    if beyond:
        parts.append(_text(WIDTH, base + 15.0, "more", "end"))
    if limit is not None:
        x = left + (end - left) * limit[0] / top
        parts.append(f'<path class="limit" d="M{x:.1f} 4V{base:g}"/>')
        parts.append(_text(x - 4.0, 12.0, limit[1], "end"))
    return framed("".join(parts), base + 20.0, words)


def time_lines(lines: Sequence[Line], words: str) -> str:
    """Draw what happened when, an episode a row.

    Args:
        lines: The episodes.
        words: What is shown.
    """
    longest = nice(max((line.end for line in lines), default=1.0))
    parts: list[str] = []

    def x_of(time: float) -> float:
        return 4.0 + (WIDTH - 12.0) * min(max(time, 0.0), longest) / longest

    for number, line in enumerate(lines):
        y = 30.0 * number
        parts.append(_text(0.0, y + 11.0, line.label, "start", "name"))
        parts.append(f'<path class="axis" d="M4 {y + 20:g}H{x_of(line.end):.1f}"/>')
        for index, (begin, end, said) in enumerate(line.stages):
            wide = max(x_of(end) - x_of(begin) - 1.0, 1.0)
            tip = f"<title>{begin:.1f} to {end:.1f} s: {escape(said)}</title>"
            parts.append(_rect(x_of(begin), y + 16.0, wide, 8.0, "mark" if index % 2 == 0 else "pale", tip))
        for sign in line.signs:
            tip = f"<title>{sign.at:.1f} s: {escape(sign.words)}</title>"
            parts.append(
                f'<circle class="{sign.tone}" cx="{x_of(sign.at):.1f}" cy="{y + 20:g}" r="4">{tip}</circle>'
            )
        x = x_of(line.end) + 3.0
        shape = f"M{x:.1f} {y + 20:g}l2 4 4 -8" if line.success else f"M{x:.1f} {y + 16:g}l5 8m0 -8l-5 8"
        parts.append(f'<path class="stroke-{"well" if line.success else "bad"}" d="{shape}"/>')
    base = 30.0 * len(lines) + 6.0
    parts.append(f'<path class="axis" d="M4 {base:g}H{x_of(longest):.1f}"/>')
    for share in (0.0, 0.5, 1.0):
        anchor = ("start", "middle", "end")[round(2 * share)]
        parts.append(_text(x_of(share * longest), base + 15.0, f"{share * longest:g} s", anchor))
    return framed("".join(parts), base + 20.0, words)


def nice(value: float) -> float:
    """Round a positive number up to one that is easily read; 1 for what is not positive."""
    if value <= 0.0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in STEPS if step * power >= value * (1.0 - 1e-12))


def _edge(number: int, top: float) -> str:
    return f"{top * number / BINS:.3g} to {top * (number + 1) / BINS:.3g}"


def _row_words(y: float, label: str, note: str) -> str:
    most = floor((WIDTH - LETTER * len(note) - 12.0) / LETTER)
    shown = label if len(label) <= most else f"{label[: most - 1]}…"
    tip = "" if shown == label else f"<title>{escape(label)}</title>"
    return f'<text class="name" x="0" y="{y + 13:g}">{escape(shown)}{tip}</text>' + _text(
        WIDTH, y + 13.0, note, "end"
    )


def _text(x: float, y: float, words: str, anchor: str, style: str = "") -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _rect(x: float, y: float, wide: float, tall: float, tone: str, inside: str = "") -> str:
    return (
        f'<rect class="{tone}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="1.5">'
        f"{inside}</rect>"
    )


def rows_that_fit(rows: Iterable[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """Give the most frequent rows, and the others as one.

    Args:
        rows: What, and how often.
        most: How many rows there may be.
    """
    ordered = sorted(rows, key=lambda row: (-row[1], row[0]))
    if len(ordered) <= most:
        return ordered
    rest = sum(count for _, count in ordered[most - 1 :])
    return [*ordered[: most - 1], (f"{len(ordered) - most + 1} other causes", rest)]
