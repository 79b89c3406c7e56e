"""New names for what a text in ReKep's form calls by words of the language or of the scene."""

import ast
from collections.abc import Iterator


class Renamer(ast.NodeTransformer):
    """Gives new names to what the text bound under names of the language and the scene."""

    def __init__(self, tree: ast.Module, shared: list[ast.stmt], words: set[str]):
        self.used = {*words, *_all_names(tree)}
        self.words = words
        self.fresh: dict[str, str] = {}
        self.shared = {name for statement in shared for name in _bound(statement, outside=True)} & words
        self.names: set[str] = set()

    def renamed(self, statement: ast.stmt) -> ast.stmt:
        """Rename what is bound in a statement, or outside of functions, wherever the statement uses it."""
        self.names = self.shared | (set(_bound(statement)) & self.words)
        return self.visit(statement) if self.names else statement

    def new(self, name: str) -> str:
        """Give a name's replacement: one that occurs nowhere."""
        if name not in self.names:
            return name
        if name not in self.fresh:
            made = f"{name}_"
            while made in self.used:
                made += "_"
            # Double underscores are for nobody.
            self.fresh[name] = made.replace("__", "_own_")
            self.used.add(self.fresh[name])
        return self.fresh[name]

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Rename a name where it is used."""
        node.id = self.new(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Rename a parameter."""
        node.arg = self.new(node.arg)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        """Rename a named argument, but for numpy's axis."""
        node.value = self.visit(node.value)
        if node.arg is not None and node.arg != "axis":
            node.arg = self.new(node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Rename a helper and what is in it."""
        node.name = self.new(node.name)
        self.generic_visit(node)
        return node


def _all_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, (ast.arg, ast.keyword)) and node.arg:
            yield node.arg
        elif isinstance(node, ast.FunctionDef):
            yield node.name


def _bound(statement: ast.stmt, *, outside: bool = False) -> Iterator[str]:
    """Names that a statement binds: outside of functions, or anywhere in it."""
    if isinstance(statement, ast.FunctionDef) and outside:
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
