"""``report.html``: a run on one page that needs nothing but itself; only replays and videos lie beside it."""

import os
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from math import degrees
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ...agent.ablation import MEANING
from ..run_folder import write_whole
from ..suite import Record
from .figures import failure_of, figures

REPORT = "report.html"
FILES = (
    ("replay.html", "replay"),
    ("video.mp4", "video"),
    ("trace.jsonl", "trace"),
    ("trace-0.jsonl", "trace"),
)
"""What may lie in an episode's folder, and what a link to it is called."""
ROBUST = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The page takes nothing from anywhere."""
MOST_FAILED = 400
"""So many failed episodes are listed."""


def write_report(summary: Record, folder: Path, path: Path) -> None:
    """Write the report of a run.

    Args:
        summary: What ``evaluate`` gave, with the rows beside it and the command where there are any.
        folder: Where its episodes lie.
        path: Where to; links to the episodes lead from there.
    """
    write_whole(path, page(summary, folder, path.parent))


def page(summary: Record, folder: Path, base: Path) -> str:
    """Make the page.

    Args:
        summary: What is reported.
        folder: Where its episodes lie.
        base: Where the page will lie.
    """
    style = (files("handsel.sim") / "assets" / "report.css").read_text(encoding="utf-8")
    title = f"{summary['suite']}, seed {summary['seed']}" if "seed" in summary else str(summary["suite"])
    body = "".join((_head(summary), _figures(summary), _rows(summary), _failed(summary, folder, base)))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{ROBUST}">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>handsel eval {escape(title)}</title><style>\n{style}</style></head><body><main>\n"
        f"{body}{_conditions(summary)}</main></body></html>\n"
    )


def _head(summary: Record) -> str:
    low, high = summary["interval"]
    share, trials = summary["success_rate"], len(summary["episodes"])
    rate = "–" if share is None else f"{100 * share:.1f} %"
    lead = (
        f"<header><h1>{escape(str(summary['suite']))}</h1>"
        f'<p class="rate"><b>{rate}</b> of {trials} episodes done'
        f'<span>95 % interval {100 * low:.1f} to {100 * high:.1f} %</span></p><ul class="facts">'
    )
    facts = "".join(f"<li><b>{escape(value)}</b> {escape(name)}</li>" for name, value in _facts(summary))
    warning = (
        '<p class="warn">The perceiver is the oracle: it was given the true poses.</p>'
        if summary.get("perceiver") == "oracle"
        else ""
    )
    left_out = "".join(
        f'<p class="warn">Left out: {escape(part)}, {escape(MEANING[part])}.</p>'
        for part in summary.get("ablate", ())
    )
    return f"{lead}{facts}</ul>{warning}{left_out}</header>\n"


def _facts(summary: Record) -> Iterator[tuple[str, str]]:
    """Give the figures that stand beside every rate."""
    metrics = summary.get("metrics", {})
    for name, words in (
        ("collisions", "collisions"),
        ("wrong_touched", "wrong things touched"),
        ("violations", "relations unmet in plans"),
        ("ends_missed", "measured ends missed"),
        ("believed_wrongly", "wrongly believed done, or not"),
        ("resolved", "times planned anew"),
        ("gone_back", "times gone back"),
        ("questions", "questions asked"),
        ("over_charge", "decisions over their time"),
    ):
        if name in metrics:
            yield words, str(metrics[name])
    model = metrics.get("model", {})
    if model.get("calls"):
        tokens = model["prompt_tokens"] + model["completion_tokens"]
        yield "calls of a language model", str(model["calls"])
        yield "tokens", f"{tokens:,}"
        yield "cost, in its prices' money", f"{model['cost']:g}"
    for name, words in (
        ("robot_time_median", "simulated time, median"),
        ("wall_median", "wall time, median"),
        ("plan_cpu_median", "planning a stage, median"),
    ):
        if metrics.get(name) is not None:
            yield words, f"{metrics[name]:.2g} s" if metrics[name] < 10 else f"{metrics[name]:.0f} s"


def _figures(summary: Record) -> str:
    cards = [
        f"<figure><figcaption>{escape(title)}</figcaption>{drawing}<p>{escape(note)}</p></figure>"
        for title, drawing, note in figures(summary)
    ]
    return f'<section class="cards">{"".join(cards)}</section>\n' if cards else ""


def _rows(summary: Record) -> str:
    """Lay out what a suite asks for beside what was measured, where it asks for something."""
    if not summary.get("rows"):
        return ""
    lines = "".join(map(_row, summary["rows"]))
    heads = '<thead><tr><th scope="col">what</th><th>asked</th><th>measured</th><th>of</th></tr></thead>'
    return (
        f'<section><h2>Asked and measured</h2><div class="wide"><table class="figures">{heads}<tbody>{lines}'
        "</tbody></table></div></section>\n"
    )


def _row(row: Record) -> str:
    met = {True: "met", False: "missed", None: ""}[row["met"]]
    cells = (_figure(row["asked"], row["unit"]), _figure(row["measured"], row["unit"]), str(row["count"]))
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr class="{met}"><th scope="row">{escape(row["what"])}</th>{told}</tr>'


def _figure(value: float | None, unit: str) -> str:
    """Write a figure in its unit; what is stored is SI, shares from 0 to 1 and degrees."""
    if value is None:
        return "–"
    scale, digits = {"%": (100.0, 1), "mm": (1e3, 1), "ms": (1e3, 0), "deg": (1.0, 1)}[unit]
    return f"{scale * value:.{digits}f} {escape(unit)}"


def _failed(summary: Record, folder: Path, base: Path) -> str:
    failed = [record for record in summary["episodes"] if not record["success"]]
    if not failed:
        return '<section><h2>Failed episodes</h2><p class="soft">There are none.</p></section>\n'
    rows = "".join(_failed_row(record, folder, base) for record in failed[:MOST_FAILED])
    more = len(failed) - MOST_FAILED
    rest = f'<p class="soft">and {more} more, in episodes.jsonl</p>' if more > 0 else ""
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("episode", "asked", "why", "see"))
    return (
        f'<section><h2>Failed episodes</h2><table class="failed"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>{rest}</section>\n"
    )


def _failed_row(record: Record, folder: Path, base: Path) -> str:
    place = folder / f"episode-{record['episode']:04d}"
    links = "".join(
        f'<a href="{quote(os.path.relpath(place / name, base))}">{words}</a>'
        for name, words in FILES
        if (place / name).is_file()
    )
    kind = escape(str(record.get("kind", "")).replace("_", " "))
    said = escape(str(record.get("instruction", "")))
    seed = f'<span class="soft">seed {escape(str(record["seed"]))}</span>' if "seed" in record else ""
    truth = str(record.get("truth", ""))
    why = f"<b>{escape(failure_of(record))}</b>{escape(str(record.get('cause', '')))}"
    seen = f'<span class="soft">in truth: {escape(truth)}</span>' if truth else ""
    cells = (
        ("episode", f"<b>{record['episode']}</b>{kind}{seed}"),
        ("asked", said),
        ("why", why + seen),
        ("see", links or "–"),
    )
    return f"<tr>{''.join(f'<td data-name={name!r}>{cell}</td>' for name, cell in cells)}</tr>"


def _conditions(summary: Record) -> str:
    """Say how to get the same again, and what could be seen."""
    rows: list[tuple[str, str]] = []
    for name, words in (
        ("mind", "mind"),
        ("perceiver", "perceiver"),
        ("memory", "memory"),
        ("kind", "only kind"),
        ("ablate", "without"),
    ):
        value = summary.get(name)
        if value:
            rows.append((words, ", ".join(value) if isinstance(value, list | tuple) else str(value)))
    if "noise" in summary:
        rows.append(("depth", "noisy, as a real camera's" if summary["noise"] else "exact"))
        metres, angle = summary["camera_error"]
        told = f"told wrongly by {1e3 * metres:g} mm and {degrees(angle):.3g} degrees"
        rows.append(("cameras' poses", told if metres or angle else "as they are"))
        rows.append(("disturbed", "yes" if summary["disturbed"] else "no"))
    rows += list(_seen(summary["episodes"]))
    if "seed" in summary:
        rows.append(("seed of the run", str(summary["seed"])))
        first = summary.get("first", 0)
        rows.append(("episodes", f"{first} to {first + len(summary['episodes']) - 1}"))
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    command = summary.get("command")
    line = f"<pre>{escape(command)}</pre>" if command else ""
    return f"<section><h2>Conditions</h2><dl>{cells}</dl>{line}{_seeds(summary['episodes'])}</section>\n"


def _seen(episodes: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """Say what whoever plans could see, as the records have it."""
    sees: dict[str, Any] | None = next((record["sees"] for record in episodes if "sees" in record), None)
    if sees is not None:
        yield (
            "seen by who plans",
            "the instruction; "
            + "; ".join(
                (
                    f"colour, depth and pose of the cameras {', '.join(sees['cameras'])}",
                    "joints and fingers",
                    f"the arm's model ({', '.join(dict.fromkeys(sees['arm_model']))})",
                    *(
                        ["THE TRUE POSES OF ALL THINGS"]
                        if sees["true_poses"]
                        else ["no truth of the simulator"]
                    ),
                )
            ),
        )


def _seeds(episodes: Sequence[Record]) -> str:
    seeds = [f"{record['episode']}: {record['seed']}" for record in episodes if "seed" in record]
    if not seeds:
        return ""
    return (
        f'<details><summary>Seed of each episode\'s scene</summary><p class="seeds">'
        f"{escape(', '.join(seeds))}</p></details>"
    )
