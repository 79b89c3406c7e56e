"""What models write with numpy in ReKep's form, put into the words that the one reader knows.

Nothing here evaluates anything: pieces of the parsed tree are put in place of
others that mean the same. What is not listed stays, and is refused by name.
"""

import ast
from collections.abc import Callable

REDUCING = {"mean": "mean", "sum": "sum", "max": "max", "min": "min", "dot": "dot"}
"""Methods of arrays that are functions of numpy."""
MOST = 16
"""Longest vector that ``np.zeros`` makes."""


class Harmless(ast.NodeTransformer):
    """Rewrites methods, conversions and constructors that change no value."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Rewrite one call, after its arguments."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name):
            same = node.func.id == "float" and len(node.args) == 1 and not node.keywords
            return node.args[0] if same else node
        if not isinstance(node.func, ast.Attribute):
            return node
        path = _path(node.func)
        if path is not None and path.split(".")[0] in ("np", "numpy", "math"):
            rewrite = _FUNCTIONS.get(path.replace("numpy.", "np."))
            made = rewrite(node) if rewrite else None
            return node if made is None else ast.copy_location(made, node)
        return self._method(node, node.func)

    def _method(self, node: ast.Call, method: ast.Attribute) -> ast.expr:
        """Write a method as numpy's function; ``copy`` and ``item`` give the value itself."""
        if method.attr in ("copy", "item") and not node.args and not node.keywords:
            if method.attr == "item":
                return method.value
            return ast.copy_location(ast.BinOp(method.value, ast.Mult(), ast.Constant(1)), node)
        if method.attr not in REDUCING:
            return node
        if method.attr != "dot" and len(node.args) == 1 and not node.keywords:
            node.keywords, node.args = [ast.keyword("axis", node.args[0])], []
        return ast.copy_location(
            ast.Call(_numpy(REDUCING[method.attr]), [method.value, *node.args], node.keywords), node
        )


def without_hints(tree: ast.Module) -> ast.Module:
    """Leave out type hints, and imports of what is known without them."""
    kept: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import) and all(map(_known, statement.names)):
            continue
        if isinstance(statement, ast.FunctionDef):
            statement.returns = None
            for argument in statement.args.args:
                argument.annotation = None
        kept.append(statement)
    tree.body = kept
    return tree


def _known(name: ast.alias) -> bool:
    return (name.name, name.asname or name.name) in (("numpy", "np"), ("numpy", "numpy"), ("math", "math"))


def _path(node: ast.expr) -> str | None:
    """Give a dotted name, or None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def _numpy(name: str) -> ast.expr:
    return ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())


def _norm(node: ast.Call) -> ast.expr | None:
    """Leave out the order 2: it is what a norm is."""
    kept = [one for one in node.keywords if not (one.arg == "ord" and _is(one.value, 2))]
    return ast.Call(node.func, node.args, kept) if len(kept) < len(node.keywords) else None


def _filled(value: float) -> Callable[[ast.Call], ast.expr | None]:
    def made(node: ast.Call) -> ast.expr | None:
        size = node.args[0] if len(node.args) == 1 and not node.keywords else None
        if not isinstance(size, ast.Constant) or type(size.value) is not int or not 0 < size.value <= MOST:
            return None
        return ast.Call(_numpy("array"), [ast.List([ast.Constant(value)] * size.value, ast.Load())], [])

    return made


def _stacked(node: ast.Call) -> ast.expr | None:
    first = len(node.args) == 1 and all(one.arg == "axis" and _is(one.value, 0) for one in node.keywords)
    return node.args[0] if first else None


def _counted(node: ast.Call) -> ast.expr | None:
    return None if node.keywords else ast.Call(ast.Name("range", ast.Load()), node.args, [])


def _power(node: ast.Call) -> ast.expr | None:
    fits = len(node.args) == 2 and not node.keywords
    return ast.BinOp(node.args[0], ast.Pow(), node.args[1]) if fits else None


def _hypot(node: ast.Call) -> ast.expr | None:
    if len(node.args) != 2 or node.keywords:
        return None
    norm = ast.Attribute(_numpy("linalg"), "norm", ast.Load())
    return ast.Call(norm, [ast.Call(_numpy("array"), [ast.List(node.args, ast.Load())], [])], [])


def _is(node: ast.expr, value: float) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


_FUNCTIONS: dict[str, Callable[[ast.Call], ast.expr | None]] = {
    "np.linalg.norm": _norm,
    "np.zeros": _filled(0),
    "np.ones": _filled(1),
    "np.stack": _stacked,
    "np.vstack": _stacked,
    "np.arange": _counted,
    "np.power": _power,
    "np.hypot": _hypot,
    "math.hypot": _hypot,
}
