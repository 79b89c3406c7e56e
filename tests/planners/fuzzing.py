# ruff: noqa: E501
"""Hostile and broken texts by the thousand, for both front ends and the loader of problem files.

Usage (or ``make fuzz``):
    python -m tests.planners.fuzzing [--texts 20000] [--seed 0] [--json FILE]

Each text is read or refused: nothing else may be raised, none may take longer
than a second of processor time, all together may not grow the process by 200 MB,
and an audit hook sees to it that reading opens, imports, executes and connects
nothing. The texts come from grammars of attacks, from mutations of valid programs
and files, and from hypothesis. The counts by reason of refusal are printed.
"""

import argparse
import json
import keyword
import random
import re
import resource
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from handsel.core.errors import InputError
from handsel.planners.problem_file import loads
from handsel.planners.read import read
from handsel.planners.reading.refusal import Refusal
from handsel.planners.reading.vocabulary import Vocabulary
from handsel.planners.rekep import read_rekep
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 1.0, 200.0
LONG = 200_000
"""Longest text that is made, in letters."""
WATCHED = ("open", "exec", "import", "socket", "subprocess", "os.", "shutil", "ctypes", "urllib", "tempfile")
"""Audit events that reading must not raise, by how they begin."""
WORDS = Vocabulary(
    things={"pen": ("tip", "grip", "center"), "cup": ("rim", "foot", "center"), "wall": ()},
    keypoints={0: ("pen", "tip"), 1: ("pen", "grip"), 2: ("cup", "rim"), 3: ("cup", "foot")},
    hands=("arm",),
)
HELD = Vocabulary(things=WORDS.things, keypoints=WORDS.keypoints, hands=("arm",), held={"arm": "pen"})

NATIVE = [
    'def stage_1():\n    """take it"""\n    grasp(pen.grip)\n\ndef stage_2():\n'
    "    goal(pen.tip == cup.rim + vec(0, 0, cm(10)))\n    along(tilt(pen.tip, pen.grip) <= degrees(10))\n"
    "    avoid(wall, 0.1)\n    slow(cup, 0.05, 0.1)\n    release(pen)\n",
    "UP = vec(0, 0, 1)\ndef near(a, b, by=cm(5)):\n    return norm(a - b) <= by\n"
    "def stage_1():\n    for i, p in enumerate([pen, cup]):\n        if i == 0:\n"
    "            goal(near(ee, p))\n"
    "        else:\n            along(dot(ee - p, UP) >= 0.1 * i)\n",
    "def always():\n    along(height(ee) >= height(table) + cm(2))\ndef stage_1():\n"
    "    middle = np.mean([keypoint(0), keypoint(1)], axis=0)\n"
    "    goal(np.linalg.norm(ee - middle) <= 0.01)\n    goal(abs(ee[0] - start(ee)[0]) <= 20 * mm(1))\n",
]
REKEP = [
    "num_stages = 2\ndef stage1_subgoal_constraint1(end_effector, keypoints):\n"
    "    return np.linalg.norm(end_effector - keypoints[1])\n"
    "def stage2_subgoal_constraint1(end_effector, keypoints):\n"
    "    target = keypoints[2] + np.array([0, 0, 0.1])\n"
    "    return np.linalg.norm(keypoints[0] - target) - 0.01\n"
    "def stage2_path_constraint1(end_effector, keypoints):\n    return get_grasping_cost_by_keypoint_idx(1)\n"
    "grasp_keypoints = [1, -1]\nrelease_keypoints = [-1, 1]\n",
    "def tilt_of(keypoints):\n    axis = keypoints[1] - keypoints[0]\n"
    "    return np.arccos(np.clip(axis[2] / np.linalg.norm(axis), -1, 1))\n"
    "def stage1_subgoal_constraint1(end_effector, keypoints):\n"
    "    middle = np.mean(keypoints[[2, 3]], axis=0)\n"
    "    total = sum([abs(end_effector[i] - middle[i]) for i in range(3)])\n    return total - 0.05\n"
    "def stage1_path_constraint1(end_effector, keypoints):\n    return tilt_of(keypoints) - np.deg2rad(10)\n",
]
FILES = [
    re.sub(r"(?s)points = \[.*?\n\]", "points = [[0.0, 0.05, 0.0]]", path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "examples" / "problems").glob("*.toml"))
]
ESCAPES = (
    "().__class__.__bases__[0].__subclasses__()", "cup.__class__.__mro__", "norm.__globals__", "np.__builtins__",
    "np.load('x')", "np.fromfile('/etc/passwd')", "np.linalg.linalg.os.system('true')", "open('/etc/passwd').read()",
    "__import__('os').system('true')", "eval('1')", "exec('import os')", "compile('1', 'f', 'eval')",
    "getattr(cup, 'name')", "globals()", "vars()", "type('X', (), {})", "lambda: 0", "(x := 3)", "{1: 2}", "{*pen}",
    "f'{cup.__class__}'", "f'{open(\"x\")}'", "'{0.__class__}'.format(cup)", "'%s' % cup", "b'x' * 9", "...",
    "await ee", "yield ee", "*ee", "cup.rim.rim", "keypoints.__class__", "end_effector.tobytes()", "np.f2py",
    "keypoints.sort()", "(lambda f: f(f))(lambda f: f(f))", "np.ctypeslib.ctypes", "help()", "exit()", "input()",
    "print(open)", "__builtins__", "np.exec_command", "np.array([open])", "np.vectorize(eval)('1')", "type(cup)",
    "isinstance(cup, object)", "super()", "memoryview(b'')", "breakpoint()", "object()", "[].__len__()", "cup.ee.ee",
)  # fmt: skip
STATEMENTS = (
    "import os", "from os import system", "from __future__ import annotations", "class X: pass", "del cup",
    "global cup", "nonlocal cup", "try: pass\nexcept: pass", "with open('x') as f: pass", "assert False",
    "raise SystemExit", "async def f(): pass", "while True: pass", "for x in x: pass", "np.linalg = 3", "break",
    "match ee:\n    case _: pass", "@eval\ndef f(): pass", "def f(a=open('x')): pass", "type X = int", "quit()",
    "x: open('f') = 3", "goal = eval", "keypoints[0] = 1", "x = y = z = open", "def g(*a, **k): return a",
    "def f(x): return f(x)", "return", "pass", "x = [[[1]]]", "a, b = 1", "for i in range(10**9): x = i",
)  # fmt: skip
LETTERS = "eеｅℯpрｐcсａ\u200b\u200d\u202e\ufeff\u00a0\x00\x0c\x1b\x7f\ud800\U0001f600\u2028\r\t\\\"'`#"
SOUP = sorted(
    {word for text in (*NATIVE, *REKEP) for word in re.findall(r"\w+|[^\w\s]", text)}
    | set("()[]{}:,.=<>!+-*/%@#'\"\\\n\t ;&|^~`0123456789")
    | {
        "\n    ",
        "\n        ",
        "def ",
        "lambda ",
        "**",
        "//",
        "<<",
        ":=",
        "->",
        "\n\n",
        "'''",
        '"""',
        "```",
        "if ",
        "else:",
    }
)


def expression(rng: random.Random, depth: int = 3) -> str:
    """Write an expression that is hostile somewhere, or only odd."""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(
            [*ESCAPES, number(rng), "ee", "cup", "pen.tip", "keypoints[0]", "end_effector", "x"]
        )
    a, b = expression(rng, depth - 1), expression(rng, depth - 1)
    n = rng.choice([1, 3, 60, 10**4, 10**9])
    return rng.choice(
        [
            f"({a} {rng.choice(['+', '-', '*', '/', '**', '//', '%', '@', '<<', 'and', 'or', '<=', '==', 'is'])} {b})",
            f"norm({a})", f"np.mean([{a}, {b}], axis={rng.choice(['0', '1', 'None', a])})", f"[{a}, {b}]",
            f"{a}[{b}]", f"{a}[{b}:{a}]", f"{a}[[{b}, {a}]]", f"{a}[:, {n}]", f"{a}.{rng.choice(['T', 'x', 'rim', '_'])}",
            f"[{a} for x in range({n})]", f"[[{a} for y in range({n})] for x in range({n})]", f"sum({a} for x in {b})",
            f"[x for x in {a} if {b}]", f"({a} if {b} else {a})", f"-{a}", f"not {a}", f"vec({a}, {b}, 0)",
            f"max({', '.join([a] * min(n, 90))})", f"'{'a' * min(n, 10**4)}' * {n}", f"[{a}] * {n}", f"{a} <= {b} <= {a}",
            f"np.{rng.choice(['dot', 'cross', 'where', 'stack', 'linalg.norm', 'sum', 'max', 'array'])}({a}, {b})",
        ]
    )  # fmt: skip


def number(rng: random.Random) -> str:
    """Write a number that few would."""
    digits = rng.choice([1, 5, 400, 4301, 9000])
    return rng.choice(
        ["9" * digits, "-" * rng.choice([1, 40, 3000]) + "1", "1e999", "-1e-999", "0x" + "f" * digits, "0b1", "1_0", "007",
         "1j", "10**10**10", "1e308*1e308", "nan", "float('inf')", "np.inf", "0.0/0.0", "1//0", "2**0.5**-9", "." + "1" * digits]
    )  # fmt: skip


def nested(rng: random.Random) -> str:
    """Write something deep."""
    n = rng.choice([20, 39, 41, 95, 101, 200, 1000, 5000, 9000])
    pair = rng.choice(["()", "[]", "{}", "(-", "f(", "norm(", "not ", "-", "~", "[x for x in "])
    opening, closing = (
        (pair[0], pair[1]) if pair in ("()", "[]", "{}") else (pair, ")" if "(" in pair else "")
    )
    body = opening * n + rng.choice(["1", "ee", "", "cup"]) + closing * rng.choice([n, n - 1, 0])
    shapes = [
        f"def stage_1():\n    goal({body} == cup)\n", body, f"x = {body}\n", f"cup{'.a' * n}", f"ee{'[0]' * n}",
        "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, min(n, 110))),
        "def stage_1():\n    x = ee\n    for i in range(" + str(n) + "): x = " + rng.choice(["-x", "x + x", "[x]", "norm(x) * x"])
        + "\n    goal(x == cup)\n",
        "".join(f"def f{i}(a): return f{i + 1}(a) + f{i + 1}(a)\n" for i in range(rng.choice([3, 11, 60])))
        + "def stage_1():\n    goal(ee == f0(ee))\n",
    ]  # fmt: skip
    return rng.choice(shapes)


def mutated(rng: random.Random, text: str) -> str:
    """Break a valid text in a few places."""
    for _ in range(rng.choice([1, 1, 2, 4, 12])):
        words = re.findall(r"\s+|\w+|[^\w\s]", text)
        at = rng.randrange(max(len(words), 1))
        match rng.randrange(8):
            case 0:
                words[at : at + 1] = []
            case 1:
                words[at:at] = [rng.choice(SOUP)] * rng.choice([1, 1, 2, 50])
            case 2:
                words[at : at + 1] = [expression(rng, 2)]
            case 3:
                to = rng.randrange(max(len(words), 1))
                words[at], words[to] = words[to], words[at]
            case 4:
                words[at:at] = ["\n", rng.choice(["", "    "]), rng.choice(STATEMENTS), "\n"]
            case 5:
                words[at] = words[at].replace(words[at][:1], rng.choice(LETTERS), 1)
            case 6:
                words = words[:at] if rng.random() < 0.5 else words[:at] + words[: rng.randrange(len(words))]
            case _:
                words[at] = number(rng)
        text = "".join(words) or "x"
    return text


def swapped(rng: random.Random, text: str) -> str:
    """Put words in place of words and numbers in place of numbers: what comes out parses."""
    words = re.findall(r"\s+|\w+|[^\w\s]", text)
    known = [word for word in words if re.fullmatch(r"[A-Za-z_]\w*", word) and not keyword.iskeyword(word)]
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(words))
        if re.fullmatch(r"\d+", words[at]):
            words[at] = rng.choice(["0", "1", "2", "3", "9", "1e6", "10**2", "-1", "0.5"])
        elif words[at] in known:
            words[at] = rng.choice([*known, "height", "angle", "xy", "table", "pen", "arm", "np"])
        elif words[at] in "+-*/<>=":
            words[at] = rng.choice("+-*/<>@%")
    return "".join(words)


TYPED: dict[str, tuple[str, ...]] = {
    "V": ("(V - V)", "mean(P)", "(V * N)", "cross(V, V)", "np.mean(P, axis=0)", "vec(N, N, N)", "xy(V)", "-V",
          "np.array([N, 0, 1])", "max(P)", "direction(V, V)", "abs(V)", "Q", "Q"),
    "N": ("norm(V)", "tilt(V, V)", "dot(V, V)", "V[0]", "V[2]", "V[-1]", "V[3]", "(N + N)", "(N * N)", "(N / N)", "N ** 2",
          "N ** 0.5", "N ** 7", "sqrt(N)", "angle(V, V)", "arccos(N)", "clip(N, -1, 1)", "min(N, N)", "distance(V, V)",
          "atan2(N, N)", "len(P)", "height(V)", "np.linalg.norm(V)", "(N if 1 < 2 else 0)", "sum([N, N])", "0.1", "cm(5)"),
    "P": ("[V, V]", "[V]", "[]", "[Q for i in range(7)]", "[Q, Q, V]"),
}  # fmt: skip
"""Templates of vectors, numbers and lists of points; Q is a point of the front end."""
LEAVES = {"V": "Q", "N": "0.1", "P": "[Q]"}


def typed(rng: random.Random, kind: str, depth: int, point: str) -> str:
    """Write an expression of the language: V a vector, N a number, P a list of points."""
    text = kind
    for level in range(depth + 1):
        table = LEAVES if level == depth else None
        text = re.sub(r"\b[VNP]\b", lambda m, t=table: t[m[0]] if t else rng.choice(TYPED[m[0]]), text)
    return re.sub(r"\bQ\b", lambda _: point, text)


def wellformed(rng: random.Random, front: str) -> str:
    """Write a program that may well be right."""
    depth = rng.choice([1, 2, 3, 4, 6])
    if front == "rekep":
        point = rng.choice(
            ["keypoints[0]", "keypoints[i]", "end_effector", "keypoints[-1]", "keypoints[[0, 1]]"]
        )
        body = (
            "    i = 1\n    x = "
            + typed(rng, "V", depth, point)
            + "\n    return "
            + typed(rng, "N", depth, point)
        )
        return f"def stage1_subgoal_constraint1(end_effector, keypoints):\n{body} + 0 * norm(x)\n"
    point = rng.choice(["ee", "pen.tip", "cup", "start(pen.tip)", "keypoint(2)", "origin(cup.rim)"])
    left, right = (typed(rng, rng.choice("NV"), depth, point) for _ in range(2))
    act = rng.choice(["goal", "along"])
    return (
        f"def stage_1():\n    {act}({left} {rng.choice(['<=', '==', '>='])} {right})\n    goal(ee == cup)\n"
    )


def program(rng: random.Random, front: str) -> str:
    """Write one hostile program."""
    valid = NATIVE if front == "native" else REKEP
    frame = "def stage_1():\n    {}\n" if front == "native" else REKEP[0].split("def stage2")[0] + "    {}\n"
    match rng.randrange(14):
        case 0 | 1:
            text = mutated(rng, rng.choice(valid))
        case 2 | 3 | 10:
            text = swapped(rng, rng.choice(valid))
        case 11 | 12 | 13:
            text = wellformed(rng, front)
        case 4 | 5:
            act = rng.choice(
                [
                    "goal({} == cup)",
                    "x = {}",
                    "grasp({})",
                    "return {}",
                    "if {}:\n        pass",
                    "for q in {}: pass",
                ]
            )
            text = frame.format(act.format(expression(rng)[:100_000]))
        case 6:
            text = nested(rng)
        case 7:
            text = frame.format(rng.choice(STATEMENTS).replace("\n", "\n    ")) + rng.choice(valid)
        case 8:
            text = "".join(rng.choices(SOUP, k=rng.choice([3, 30, 300])))
        case _:
            text = "".join(rng.choices(LETTERS + "ab(=\n", k=rng.choice([1, 20, 400]))) + rng.choice(
                ["", rng.choice(valid)]
            )
    if rng.random() < 0.1:
        fence = rng.choice(["```", "```python", "``", "~~~"])
        many = rng.choice([1, 1, 2, 400])
        text = f"Sure:\n{fence}\n{text[: LONG // many]}\n{rng.choice(['```', '', '``````'])}\nDone." * many
    # Longer texts are refused by their length alone; making them would cost more than reading them.
    many = 1 if rng.random() > 0.01 else rng.choice([10, 2000])
    return text[: LONG // many] * many


def file(rng: random.Random) -> str:
    """Write one broken problem file."""
    text = rng.choice(FILES)
    values = (
        "9" * 400, "-1", "1e999", "nan", "inf", '"' + "a" * 3000 + '"', "'''\n'''", "1979-05-27", "9999-99-99", "true", "[]", "{}",
        "[[1, 2, 3]]", "[" * 900 + "]" * 900, '"__class__"', '"a b"', '"import"', '"ee"', '"pen.tip"', "0x" + "f" * 9000,
        "[9e99, 0, 0]", "[1, 2, 3, 4]", "[0, 0, 0, 0]", "[20000, 1000, 1000]", '"\\ud800"', '"\\u0000"', "{a = {b = 1}}", "",
    )  # fmt: skip
    for _ in range(rng.choice([1, 1, 2, 5])):
        match rng.randrange(6):
            case 0:
                text = re.sub(
                    r"(?s)program = '''.*?'''", lambda _: f"program = '''\n{program(rng, 'native')}'''", text
                )
            case 1 | 2:
                keys = re.findall(r"(?m)^(\w+) = (?!''')[^\n]*$", text)
                key = rng.choice(keys) if keys else "name"
                text = re.sub(
                    rf"(?m)^{key} = (?!''')[^\n]*$",
                    lambda _, k=key: f"{k} = {rng.choice(values)}",
                    text,
                    count=1,
                )
            case 3:
                lines = text.split("\n")
                at = rng.randrange(len(lines))
                lines[at : at + rng.choice([1, 1, 9])] = lines[at : at + 1] * rng.choice([0, 2, 500])
                text = "\n".join(lines)
            case 4:
                extra = [
                    "[start]",
                    "[[keypoint]]",
                    "[base]\nposition = [0, 0]",
                    "a.b.c = 1",
                    "x = " + rng.choice(values),
                ]
                text += "\n" + rng.choice(extra) + "\n"
            case _:
                text = mutated(rng, text)
    return text


class Fuzzer:
    """Reads texts under guard and keeps the books.

    Attributes:
        reasons: How often each outcome came, by front end and reason.
        slowest: Longest processor time of one text, [s], and its beginning.
    """

    def __init__(self) -> None:
        """Install the audit hook; it cannot be removed, so it sleeps between texts."""
        self.reasons: Counter[str] = Counter()
        self.slowest: tuple[float, str] = (0.0, "")
        self.watching = False
        self.effects: list[str] = []
        self.count = 0
        for front in FRONTS:  # whatever is imported or compiled once is not a text's doing
            self._outcome(front, FRONTS[front][1][0])
            self._outcome(front, "def stage_1():\n    goal(eee == cupp)")
        sys.addaudithook(self._hook)
        self.before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @property
    def grown(self) -> float:
        """By how much the process has grown at most, [MB]."""
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self.before) / 1024.0

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        # To quote the line of a syntax error, Python itself tries the file that it was told: here "".
        nowhere = event == "open" and args[0] == ""
        if self.watching and event.startswith(WATCHED) and not nowhere:
            self.effects.append(f"{event} {args!r:.200}")

    def read(self, front: str, text: str) -> None:
        """Read one text; what must not happen raises AssertionError."""
        signal.signal(signal.SIGVTALRM, _hang)
        signal.setitimer(signal.ITIMER_VIRTUAL, 10.0 * SECONDS)
        begin = time.process_time()
        self.watching = True
        try:
            outcome = self._outcome(front, text)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            raise AssertionError(
                f"{front}: {type(error).__name__}: {error!s:.300}\n{text!r:.2000}"
            ) from error
        finally:
            self.watching = False
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        spent = time.process_time() - begin
        assert not self.effects, f"{front}: reading did {self.effects}\n{text!r:.2000}"
        assert spent < SECONDS, f"{front}: {spent:.2f} s\n{text!r:.2000}"
        self.slowest = max(self.slowest, (spent, text[:60]))
        self.reasons[f"{front}: {outcome}"] += 1
        self.count += 1

    @staticmethod
    def _outcome(front: str, text: str) -> str:
        try:
            FRONTS[front][0](text)
        except Refusal as refusal:
            assert refusal.line >= 1 and refusal.column >= 1 and len(str(refusal)) < 1500
            return _kind(refusal.reason)
        except InputError as refusal:
            assert len(str(refusal)) < 1500
            return _kind(str(refusal))
        return "read"

    def summary(self) -> dict[str, Any]:
        """Give the books as plain values."""
        return {
            "texts": self.count,
            "read": sum(n for reason, n in self.reasons.items() if reason.endswith(": read")),
            "slowest_s": self.slowest[0],
            "grown_mb": self.grown,
            "reasons": dict(self.reasons.most_common()),
        }


def _hang(signum: int, frame: FrameType | None) -> None:
    raise TimeoutError("a text hangs")


def _kind(reason: str) -> str:
    """Give what reasons of one kind have in common."""
    short = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\S*\d\S*|\w+\.\w+", "*", reason)
    return " ".join(short.split()[:7])


FRONTS: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "native": (lambda text: read(text, WORDS), NATIVE),
    "rekep": (lambda text: read_rekep(text, HELD), REKEP),
    "file": (lambda text: loads(text).program(), FILES),
}


def fuzz(texts: int, seed: int, fuzzer: Fuzzer | None = None) -> Fuzzer:
    """Read many texts.

    Args:
        texts: How many; a fifth of them come from hypothesis.
        seed: Seed of all of them.
        fuzzer: Who reads; a new one where none is given.
    """
    fuzzer = fuzzer or Fuzzer()
    rng = random.Random(seed)
    fronts = ("native", "native", "rekep", "rekep", "file")
    for number in range(texts - texts // 5):
        front = fronts[number % len(fronts)]
        fuzzer.read(front, file(rng) if front == "file" else program(rng, front))
    pieces = st.lists(st.sampled_from([*SOUP, *ESCAPES, *STATEMENTS, *LETTERS]), max_size=40).map("".join)
    inside = st.one_of(
        pieces, st.text(max_size=300), st.recursive(st.sampled_from(SOUP), _wrapped, max_leaves=30)
    )
    strategy = st.tuples(st.sampled_from(sorted(FRONTS)), st.booleans(), inside)

    @seeded(seed)
    @settings(
        max_examples=texts // 5, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )  # fmt: skip
    @given(strategy)
    def hypothetical(drawn: tuple[str, bool, str]) -> None:
        front, framed, text = drawn
        begin = FRONTS[front][1][0] + "\n" if framed else ""
        fuzzer.read(front, begin + text)

    hypothetical()
    assert fuzzer.grown < MEGABYTES, f"reading grew the process by {fuzzer.grown:.0f} MB"
    return fuzzer


def _wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(
        st.sampled_from(["({})", "[{}]", "norm({})", "{}.x", "-{}", "{} + 1", "def f(): {}"]), inner
    ).map(lambda drawn: drawn[0].replace("{}", drawn[1]))


def main() -> None:
    """Read, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    warnings.simplefilter("error")
    begin = time.process_time()
    fuzzer = fuzz(args.texts, args.seed)
    summary = {**fuzzer.summary(), "seed": args.seed, "cpu_s": time.process_time() - begin}
    for reason, count in fuzzer.reasons.most_common(45):
        print(f"{count:6d}  {reason}")
    print(
        f"{summary['texts']} texts: {summary['read']} read, the others refused for {len(fuzzer.reasons)} reasons; "
        f"slowest {summary['slowest_s']:.3f} s, grown by {summary['grown_mb']:.0f} MB, nothing touched"
    )
    if args.json is not None:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
