"""Hostile and broken texts: each is refused or read, within bounds, and touches nothing."""

import ast
import builtins
import itertools
import random
import sys
import time
import tracemalloc
from typing import Any
from unittest import mock

import pytest
from handsel.planners.program import Program
from handsel.planners.read import read
from handsel.planners.reading.refusal import Refusal
from handsel.planners.reading.source import MAX_ANSWER, MAX_PROGRAM
from hypothesis import given, settings
from hypothesis import strategies as st

from .test_programs_doc import ACCEPTED, REFUSED
from .words import vocabulary

WORDS = vocabulary()

EXPRESSIONS = [
    "().__class__.__bases__[0].__subclasses__()",
    "cup.__class__.__mro__",
    "goal.__globals__",
    "norm.__call__(ee)",
    "np.__builtins__",
    "np.linalg.__dict__",
    "np.load('x')",
    "np.fromfile('/etc/passwd')",
    "np.linalg.linalg.os.system('true')",
    "math.__loader__.load_module('os')",
    "__import__('os').system('true')",
    "__builtins__['eval']('1')",
    "eval('1')",
    "exec('import os')",
    "compile('1', 'f', 'eval')",
    "open('/etc/passwd').read()",
    "getattr(cup, 'name')",
    "setattr(cup, 'name', 1)",
    "globals()",
    "locals()['x']",
    "vars()",
    "type('X', (), {})",
    "lambda: 0",
    "(x := 3)",
    "[x for x in range(10**8)]",
    "[y for x in range(9999) for y in range(9999)]",
    "[[y for y in range(500)] for x in range(500)]",
    "{1: 2}",
    "{1, 2}",
    "{**cup}",
    "f'{cup.__class__}'",
    "'%s' % cup",
    "'a' * 10**9",
    "[0] * 10**9",
    "'{0.__class__}'.format(cup)",
    "b'x'",
    "...",
    "9" * 5000,
    "1" + "0" * 400,
    "10 ** 10 ** 10",
    "1e308 * 1e308",
    "2 ** 0.5 ** -9",
    "1 << 10 ** 9",
    "-" * 8000 + "1",
    "not " * 3000 + "1",
    "(" * 150 + ")" * 150,
    "[" * 199 + "]" * 199,
    "+".join(["ee"] * 5000),
    "ee" + ".a" * 5000,
    "norm(" * 90 + "ee" + ")" * 90,
    "ee" + "[0]" * 3000,
    "await ee",
    "yield ee",
    "*ee",
    "ee if ee else ee",
    "cup.rim.rim",
    "cup.name",
    "keypoint(1e300)",
    "keypoint(-1)",
    "ee[1e300]",
    "ee[::0]",
    "range(10**9)",
    "list(range(9))",
    "ｅｅ",
    "ｅval('1')",
    "cup\u200b",
    "cup.\u0441enter",
    "'\\N{BOGUS}'",
    "'\\d'",
    "0777",
    "1__0",
    "nan",
    "float('inf')",
    "np.inf",
]

STATEMENTS = [
    "import os",
    "from os import system",
    "from __future__ import annotations",
    "class X: pass",
    "del cup",
    "global cup",
    "nonlocal cup",
    "try:\n        goal(ee == cup)\n    except Exception: pass",
    "with open('x') as f: pass",
    "assert False",
    "raise SystemExit",
    "async def f(): pass",
    "async for x in y: pass",
    "while True: pass",
    "for x in x: pass",
    "x = x = ee; x.y = 3",
    "np.linalg = 3",
    "match ee:\n        case _: pass",
    "break",
    "@eval\n    def f(): pass",
    "def f(a=open('x')): pass",
    "l = [1]\n    for i in range(3000): l = [l]",
    "l = ee\n    for i in range(3000): l = l + l",
    "l = ee\n    for i in range(900): l = -l",
    "l = [ee]\n    for i in range(60): l = [l[0] + l[0]]",
    "for i in range(140):\n        for j in range(140):\n            x = i",
    "type X = int",
    "print('x')",
    "input()",
    "quit()",
    "raise KeyboardInterrupt",
    "x: open('f') = 3",
    "goal(ee == cup) if ee else 0",
]

TEXTS = [
    "def stage_1():\n    goal(" + "e" * 5000 + " == cup)",
    "def stage_1():\n    goal(cup." + "e" * 5000 + " == cup)",
    "def " + "f" * 5000 + "(a): return a\ndef stage_1():\n    goal(ee == cup)",
    "",
    " \n\t\n",
    "\x00",
    "def stage_1():\x00\n    goal(ee == cup)",
    "def stage_1():\n    goal(ee == cup)\x1b[2J",
    "\ufeff\ufeffdef stage_1():\n    goal(ee == cup)",
    "\ud800",
    "def stage_1():\n    '\udcff'\n    goal(ee == cup)",
    "# -*- coding: utf-7 -*-\ndef stage_1():\n    goal(ee == eval(1))",
    "```" * 20_000,
    "```\n" * 15_000,
    "def " * 4000,
    "(" * 16_000,
    "'" * 16_001,
    '"""' * 5001,
    "x" * (MAX_PROGRAM + 1),
    "x" * (MAX_ANSWER + 1),
    "é" * (MAX_PROGRAM // 2 + 1),
    "\n" * 16_000 + "x",
    "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 110)),
    "def stage_1():\n"
    + "".join("  " * i + "for i in range(9):\n" for i in range(1, 19))
    + "  " * 19
    + "pass",
    "def f(a): return f(f(a))\ndef stage_1():\n    goal(ee == f(f(ee)))",
    "".join(f"def f{i}(a): return f{i + 1}(a) + f{i + 1}(a)\n" for i in range(11))
    + "def f11(a): return a\ndef stage_1():\n    goal(ee == f0(ee))",
    "Sorry, I cannot do that.",
    "抱歉",
]


def never(*args: object, **named: object) -> None:
    raise AssertionError(f"reading a text did {args!r}")


def only_parse(source: str, file: str, mode: str, flags: int = 0, **named: Any) -> object:
    assert flags & ast.PyCF_ONLY_AST, "reading a text compiled it"
    return COMPILE(source, file, mode, flags, **named)


def only_known(name: str, *rest: object, **named: object) -> object:
    assert name in sys.modules, f"reading a text imported {name}"
    return IMPORT(name, *rest, **named)  # type: ignore[arg-type]


COMPILE, IMPORT = compile, __import__
GUARDS: dict[str, Any] = dict.fromkeys(("eval", "exec", "open", "input", "breakpoint"), never)
GUARDS |= {"compile": only_parse, "__import__": only_known}


def attempt(text: str, seconds: float = 1.0) -> Program | Refusal:
    """Read a text as a stranger's; nothing but a refusal may be raised, soon, and nothing runs."""
    began = time.process_time()
    with mock.patch.multiple(builtins, **GUARDS):
        try:
            result: Program | Refusal = read(text, WORDS)
        except Refusal as refusal:
            result = refusal
    assert time.process_time() - began < seconds
    if isinstance(result, Refusal):
        assert result.line >= 1 and result.column >= 1
        assert len(str(result)) < 1500
    return result


def test_the_guards_bite() -> None:
    with mock.patch.multiple(builtins, **GUARDS):
        for act in (lambda: eval("1"), lambda: exec("1"), lambda: compile("1", "f", "eval")):
            with pytest.raises(AssertionError, match="reading a text"):
                act()
        assert ast.parse("1")


@pytest.mark.parametrize("text", EXPRESSIONS, ids=range(len(EXPRESSIONS)))
def test_expressions_that_try_to_escape(text: str) -> None:
    for wrapped in (
        f"goal(ee == {text})",
        f"x = {text}\n    goal(ee == x)",
        f"grasp({text})",
        f"if False:\n        x = {text}",
    ):
        assert isinstance(attempt(f"def stage_1():\n    {wrapped}\n"), Refusal)


@pytest.mark.parametrize("text", STATEMENTS, ids=range(len(STATEMENTS)))
def test_statements_that_try_to_escape(text: str) -> None:
    assert isinstance(attempt(f"def stage_1():\n    {text}\n    goal(ee == cup)\n"), Refusal)
    assert isinstance(attempt(f"{text}\ndef stage_1():\n    goal(ee == cup)\n"), Refusal)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts_that_try_to_break_the_reader(text: str) -> None:
    assert isinstance(attempt(text), Refusal)


def test_memory_stays_bounded() -> None:
    worst = ["x=" + "a+" * 8000 + "1", "[" * 8000 + "]" * 8000, "a(" * 4000 + ")" * 4000, "-1," * 5400]
    worst.append("def stage_1():\n    l = ee\n    for i in range(9000): l = l + l\n")
    worst.append("def stage_1():\n    x = [[[i, j] for j in range(60)] for i in range(60)]\n")
    for text in worst:
        tracemalloc.start()
        attempt(text, seconds=5.0)  # tracing slows it down
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 50e6, text[:40]


def test_the_stack_of_the_caller_is_spared() -> None:
    """Deep expressions and helpers fit under a caller that has used half of the stack already."""
    deep = "def stage_1():\n    x = ee\n    for i in range(95): x = -x\n    goal(norm(x) <= norm(start(x)))\n"

    def nested(levels: int) -> Program | Refusal:
        return nested(levels - 1) if levels else attempt(deep)

    assert isinstance(nested(sys.getrecursionlimit() // 2 - 150), Program)


PIECES = sorted(
    {word for text, _ in REFUSED for word in text.split()}
    | set("()[]{}:,.=<>!+-*/%@#'\"\\\n\t ;&|^~`0123456789")
    | set(EXPRESSIONS[:40])
    | {"def stage_1():\n    ", "goal(", "along(", "for i in range(3):\n        ", "start("}
)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_pieces_put_together(pieces: list[str]) -> None:
    attempt("".join(pieces))
    attempt("def stage_1():\n    goal(" + "".join(pieces) + ")")


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    attempt(text)
    attempt(f'def stage_1():\n    """{text}"""\n    goal(ee == {text})\n')


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**31))
def test_good_programs_with_mistakes(seed: int) -> None:
    """Characters dropped, doubled, swapped; words replaced by other words."""
    rng = random.Random(seed)
    text = rng.choice(ACCEPTED)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text))
        text = rng.choice(
            [
                text[:at] + text[at + 1 :],
                text[:at] + text[at] + text[at:],
                text[:at] + rng.choice(PIECES) + text[at:],
                text[:at] + text[at:].replace("(", rng.choice(["", "((", "["]), 1),
                text[:at] + text[at + rng.randint(1, 40) :],
            ]
        )
    attempt(text)


def test_every_statement_after_every_other() -> None:
    lines = [
        "goal(ee == cup)",
        "grasp(cup)",
        "release(cup)",
        "hold(cup)",
        "x = ee",
        "return",
        "pass",
        "goal",
        "'text'",
    ]
    for pair in itertools.product(lines, repeat=2):
        attempt("def stage_1():\n    " + "\n    ".join(pair))
        attempt(f"def stage_1():\n    {pair[0]}\ndef stage_2():\n    {pair[1]}\n")
