"""Why a text was not read, told to whoever wrote it."""

import ast
from collections.abc import Iterable

from rapidfuzz import process

from ...core.errors import Retryable


class Refusal(Retryable):
    """A text that cannot be read: where, why, and what to write instead."""

    def __init__(self, reason: str, remedy: str, line: int = 1, column: int = 1, excerpt: str = ""):
        """Say where, why and what to do.

        Args:
            reason: What is wrong, a clause without a full stop.
            remedy: What to write instead, a sentence without a full stop.
            line: Line of the program, from 1.
            column: Column of that line, from 1.
            excerpt: What stands there, cut to a short piece.
        """
        self.reason = _short(reason, 300)
        self.remedy = _short(remedy, 800)
        self.line = line
        self.column = column
        shown = f" `{_short(excerpt, 80)}`:" if excerpt else ""
        super().__init__(f"line {line}, column {column}:{shown} {self.reason}. {self.remedy}.")


def refusal(node: ast.AST, reason: str, remedy: str) -> Refusal:
    """Refuse what a node of the text says."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    return Refusal(reason, remedy, line, column, excerpt_of(node))


def excerpt_of(node: ast.AST) -> str:
    """Write a node on one line; statements with a body are cut to their head."""
    if isinstance(node, ast.FunctionDef):
        return f"def {node.name}({excerpt_of(node.args)})"
    if not isinstance(node, (ast.expr, ast.stmt, ast.arguments)):
        return ""
    try:
        return ast.unparse(node).partition("\n")[0]
    except (ValueError, RecursionError):  # an integer of thousands of digits cannot be written out
        return ""


def near(name: str, known: Iterable[str], otherwise: str) -> str:
    """Advise the names that look like a wrong one, or something else where none does."""
    found = [match[0] for match in process.extract(name, sorted(known), limit=3, score_cutoff=70)]
    return f"Did you mean {' or '.join(found)}? {otherwise}" if found else otherwise


def _short(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 3] + "..."
