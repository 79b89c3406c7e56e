"""From an answer to a checked syntax tree; ``ast.parse`` is all that ever touches the text."""

import ast
import textwrap
import warnings
from collections.abc import Callable

from .refusal import Refusal, refusal

MAX_ANSWER = 65_536
"""Largest answer that is searched for a program, bytes of UTF-8."""
MAX_PROGRAM = 16_384
"""Largest program, bytes of UTF-8."""
MAX_NESTING = 40
"""Deepest nesting of the syntax tree."""

_KNOWN_NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign,
    ast.For, ast.If, ast.Expr, ast.Pass, ast.Name, ast.Attribute, ast.Subscript, ast.Slice,
    ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp,
    ast.Call, ast.keyword, ast.ListComp, ast.GeneratorExp, ast.comprehension,
    ast.Load, ast.Store, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult,
    ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
)  # fmt: skip

_REMEDIES: dict[type[ast.AST], tuple[str, str]] = {
    ast.Import: (
        "nothing can be imported",
        "Leave it out; np, math and the listed functions are known",
    ),
    ast.ImportFrom: ("nothing can be imported", "Leave the line out; the listed functions are known"),
    ast.AnnAssign: ("annotations are not part of the language", "Write name = value"),
    ast.Lambda: ("lambda is not part of the language", "Write a helper with def"),
    ast.While: ("while is not part of the language", "Write a for loop over range() or a list"),
    ast.Try: ("try is not part of the language", "Leave it out; nothing here raises"),
    ast.With: ("with is not part of the language", "Leave it out"),
    ast.ClassDef: ("class is not part of the language", "Write stage functions and helpers with def"),
    ast.Break: ("break is not part of the language", "Loop over just the items that are wanted"),
    ast.Continue: ("continue is not part of the language", "Loop over just the items that are wanted"),
    ast.Assert: ("assert is not part of the language", "State what has to hold with goal() or along()"),
    ast.JoinedStr: ("formatted strings are not part of the language", "Write a plain string"),
    ast.Is: ("`is` compares nothing here", "Write =="),
    ast.In: ("`in` compares nothing here", "Write a distance or an order of heights"),
    ast.Starred: ("* is not allowed here", "Write the items out"),
}


def parsed(answer: str, prepare: Callable[[ast.Module], ast.Module] | None = None) -> tuple[str, ast.Module]:
    """Find the program in an answer and parse it.

    Args:
        answer: A program, or prose with a program in a fenced block.
        prepare: What a front end leaves out of the tree before its nodes are checked.

    Returns:
        The program's text and its tree, of which every node is of a known kind.

    Raises:
        Refusal: If there is no program, or it is no text of the language.
    """
    _check_size(answer, MAX_ANSWER, "the answer")
    text = program_in(answer.replace("\r\n", "\n"))
    _check_size(text, MAX_PROGRAM, "the program")
    if not text.strip():
        raise Refusal("there is no program", "Write stage functions: def stage_1(): with goal() or grasp()")
    for number, line in enumerate(text.split("\n"), 1):
        for column, character in enumerate(line, 1):
            if ord(character) < 32 and character != "\t":
                raise Refusal("a control character", "Write plain text", number, column)
    tree = _parse(text)
    _check_nesting(tree)
    tree = prepare(tree) if prepare else tree
    for node in ast.walk(tree):
        _check_node(node)
    _check_letters(text, tree)
    return text, tree


def program_in(answer: str) -> str:
    """Find the fenced block that holds the stages; an answer without fences is the program itself.

    Raises:
        Refusal: If several blocks hold stages, or none of several does.
    """
    blocks: list[list[str]] = []
    inside = False
    for line in answer.split("\n"):
        if line.lstrip().startswith("```"):
            inside = not inside
            if inside:
                blocks.append([])
        elif inside:
            blocks[-1].append(line)
    if not blocks:
        return answer
    texts = [textwrap.dedent("\n".join(block)) for block in blocks]
    staged = [text for text in texts if "def stage" in text] or texts
    if len(staged) > 1:
        raise Refusal(
            f"the answer holds {len(staged)} fenced blocks that could be the program",
            "Give the whole program in one block",
        )
    return staged[0]


def _check_size(text: str, limit: int, what: str) -> None:
    try:
        size = len(text) if len(text) > limit else len(text.encode())
    except UnicodeEncodeError as error:
        raise Refusal("half a character (a lone surrogate)", "Write plain text") from error
    if size > limit:
        raise Refusal(
            f"{what} is longer than {limit} bytes", "Write a shorter one; helpers and loops save lines"
        )


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            # For the line of an error Python opens the file that it is told: no file has an empty name.
            return ast.parse(text, filename="")
        except SyntaxError as error:
            line, column = error.lineno or 1, max(error.offset or 1, 1)
            lines = text.split("\n")
            excerpt = lines[line - 1].strip() if 0 < line <= len(lines) else ""
            reason = f"this is not valid Python ({error.msg})"
            remedy = "Mend the line; text around the program belongs outside its fenced block"
            raise Refusal(reason, remedy, line, column, excerpt) from error
        except (MemoryError, RecursionError) as error:
            raise Refusal("brackets or operators are nested too deep", "Use local names") from error
        except (ValueError, Warning) as error:
            raise Refusal(f"this is not valid Python ({error})", "Write plain text") from error


def _check_nesting(tree: ast.Module) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_NESTING):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    # No excerpt: writing out a tree this deep could itself run out of stack.
    deep = next((node for node in level if hasattr(node, "lineno")), tree)
    raise Refusal(
        "brackets, operators or blocks are nested too deep",
        "Use local names for the parts",
        getattr(deep, "lineno", 1),
        getattr(deep, "col_offset", 0) + 1,
    )


def _check_letters(text: str, tree: ast.Module) -> None:
    """Refuse letters outside ASCII except in strings and comments: some of them only look like others."""
    if text.isascii():
        return
    lines = [bytearray(line.encode()) for line in text.split("\n")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.end_lineno:
            for number in range(node.lineno - 1, node.end_lineno):
                first = node.col_offset if number == node.lineno - 1 else 0
                last = node.end_col_offset if number == node.end_lineno - 1 else None
                piece = lines[number][first:last]
                lines[number][first:last] = b" " * len(piece)
    for number, line in enumerate(lines, 1):
        code = line.partition(b"#")[0].decode()
        if not code.isascii():
            letter = next(letter for letter in code if not letter.isascii())
            column = code.index(letter) + 1
            raise Refusal(
                f"{letter!r} is no letter of the language", "Use plain ASCII letters", number, column
            )


def _check_node(node: ast.AST) -> None:
    if isinstance(node, (ast.cmpop, ast.operator, ast.unaryop)):
        return  # checked with the node that it belongs to, which knows its line
    operators = node.ops if isinstance(node, ast.Compare) else [getattr(node, "op", node)]
    for part in (node, *operators):
        if not isinstance(part, _KNOWN_NODES):
            reason, remedy = _REMEDIES.get(
                type(part),
                (f"{type(part).__name__} is not part of the language", "Use the listed statements"),
            )
            raise refusal(node, reason, remedy)
    if isinstance(node, ast.FunctionDef) and (node.decorator_list or node.args.vararg or node.args.kwarg):
        raise refusal(node, "decorators, *args and **kwargs are not part of the language", "Leave them out")
    if isinstance(node, (ast.FunctionDef, ast.arg)) and _annotated(node):
        raise refusal(node, "annotations are not part of the language", "Leave them out")
    if isinstance(node, ast.keyword) and node.arg is None:
        raise refusal(node.value, "** is not allowed here", "Write the arguments out")
    for name in _names_of(node):
        if "__" in name:
            raise refusal(node, f"{name!r} is no plain name", "Use names without double underscores")


def _annotated(node: ast.FunctionDef | ast.arg) -> bool:
    return (node.returns if isinstance(node, ast.FunctionDef) else node.annotation) is not None


def _names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, (ast.arg, ast.keyword)):
        return [node.arg] if node.arg else []
    return [node.name] if isinstance(node, ast.FunctionDef) else []
