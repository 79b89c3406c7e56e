"""Whether an understood meaning is the one that was meant: exact, up to what is left open.

Left open: the order of steps where it is ``any``; which things are taken where the person leaves a
choice, as long as the choice is among those meant; which words name the same place ("the front" and
"the near side"); that a stack whose order matters is its pieces put one on the other.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Literal

Json = Mapping[str, Any]
Judgement = Literal["right", "wrong action", "asked", "refused", "answered", "nothing", "wrong"]
PLACES = {"center": "middle", "centre": "middle", "front": "near side", "back": "far side"}


def judge(expected: Json, got: Json) -> Judgement:
    """Compare a meaning with the one expected.

    Args:
        expected: One of ``steps``, ``ask``, ``answer``, ``nothing``, ``not_understood``.
        got: The same, as a mind gave it.

    Returns:
        ``right``; else what was done instead, ``wrong action`` where steps were given that were not meant.
    """
    if _equal(expected, got):
        return "right"
    if "steps" in got:
        return "wrong action"
    for key, name in (("ask", "asked"), ("not_understood", "refused"), ("nothing", "nothing")):
        if key in got and key not in expected:
            return name  # pyright: ignore[reportReturnType]
    return "answered" if "answer" in got and "answer" not in expected else "wrong"


def _equal(expected: Json, got: Json) -> bool:
    if "steps" in expected:
        return "steps" in got and _steps_equal(expected, got)
    if "ask" in expected:
        return "ask" in got and set(expected["ask"]["about"]) == set(got["ask"]["about"])
    if "answer" in expected:
        return "answer" in got and _value(expected["answer"]) == _value(got["answer"])
    if "nothing" in expected:
        return "nothing" in got
    wanted = {word.lower() for word in expected["not_understood"]} - {"*"}
    said = " ".join(got.get("not_understood", ())).lower()
    # "turn on" is named where "turn" is.
    return bool(said) and all(word.split()[0] in said for word in wanted)


def _value(answer: Any) -> Any:
    """Make answers comparable: the order of identifiers does not matter."""
    return frozenset(answer) if isinstance(answer, list) else answer


def _steps_equal(expected: Json, got: Json) -> bool:
    wanted, given = _canonical(expected), _canonical(got)
    if expected.get("order") == "any":
        return sorted(wanted) == sorted(given)
    return wanted == given


def _canonical(meaning: Json) -> list[str]:
    """Give every step as one string, with the manner that holds for all of them."""
    steps: list[str] = []
    for step in meaning["steps"]:
        how = {**(meaning.get("how") or {}), **(step.get("how") or {})}
        for plain in _unfolded(step):
            steps.append(f"{_plain(plain)} {_plain({k: v for k, v in how.items() if v is not False})}")
    return steps


def _unfolded(step: Json) -> list[Json]:
    """Take a stack whose order matters apart, and drop what says nothing."""
    if step.get("do") == "stack" and step.get("order_matters", True):
        names = step["what"]
        return [
            {"do": "put", "what": above, "relation": "on", "to": below} for below, above in pairwise(names)
        ]
    if "choose" in step:
        (each,) = _unfolded(step["steps_for_each"])
        return [{"choose": step["choose"], "from": sorted(step["from"]), "each": each}]
    kept = {key: value for key, value in step.items() if value is not None and key != "how"}
    if step.get("do") in ("stack", "line_up") and not step.get("order"):
        kept["what"] = sorted(step["what"])
    if step.get("do") == "line_up" and step.get("order"):
        kept["what"] = sorted(step["what"])
    if step.get("do") == "swap":
        kept["what"], kept["with"] = sorted((step["what"], step["with"]))
    if step.get("relation") == "between":
        kept["to"] = sorted(step["to"])
    to = kept.get("to")
    if isinstance(to, str):
        kept["to"] = PLACES.get(to, to)
    if kept.get("relation") == "on" and kept.get("to") == "table":
        kept.pop("to")
        kept["relation"] = "on table"
    return [kept]


def _plain(value: Any) -> str:
    """Write a value so that equal ones are written alike."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_plain(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
