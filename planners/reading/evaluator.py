"""Expressions of program text, evaluated to values by walking their tree."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from .. import expressions as ex
from ..expressions import Expression, ExpressionError
from .comparisons import compared
from .functions import ALIASES, FUNCTIONS, NEEDS_AXIS, Function
from .names import ACTS, Names, Scope
from .refusal import refusal
from .regions import REGIONS, region_of
from .values import (
    FunctionValue,
    HelperValue,
    RelationValue,
    ThingValue,
    Value,
    expression_of,
    number_of,
    said,
    whole_of,
)

MAX_STEPS = 20_000
"""Pieces of text that are evaluated in all, those in loops and helpers counted each time."""
MAX_WEIGHT = 4_000
"""Largest expression, in nodes."""
MAX_DEPTH = 100
"""Deepest expression, in nodes."""
MAX_NUMBER = 1e6

HelperCall = Callable[[HelperValue, ast.Call, list[Value], dict[str, Value]], Value]
ActCall = Callable[[str, ast.Call, list[Value], dict[str, Value]], None]


@dataclass(slots=True, kw_only=True)
class Evaluator:
    """Gives the value of a piece of text.

    Attributes:
        names: Looks names up.
        call_helper: Runs a function that the text defines.
        call_act: Carries out a statement.
        relations: Every comparison that was made and may still be unused.
        steps: Steps taken so far.
    """

    names: Names
    call_helper: HelperCall
    call_act: ActCall
    relations: list[RelationValue] = field(default_factory=list)
    steps: int = 0

    def value(self, node: ast.expr, scope: Scope) -> Value:
        """Evaluate a piece of text.

        Raises:
            Refusal: If it means nothing in the language.
        """
        self.step(node)
        try:
            value = self._value(node, scope)
        except ExpressionError as error:
            raise refusal(node, str(error), "See the functions' arguments and units") from error
        except (OverflowError, RecursionError) as error:
            raise refusal(node, "the numbers or the nesting grow without bound", "Write less") from error
        if isinstance(value, Expression) and (value.weight > MAX_WEIGHT or value.depth > MAX_DEPTH):
            raise refusal(node, "the expression grows too large", "Say it with fewer terms")
        return value

    def step(self, node: ast.AST) -> None:
        """Count a step of work.

        Raises:
            Refusal: If there were too many.
        """
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise refusal(node, f"reading it takes more than {MAX_STEPS} steps", "Loop over fewer items")

    def items(self, node: ast.expr, scope: Scope) -> list[Value]:
        """Give the items of what a loop runs over.

        Raises:
            Refusal: If it is no range, list, enumerate() or zip().
        """
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            lists: list[list[Value]] = []
            match node.func.id:
                case "range":
                    return self._range(node, scope)
                case "enumerate" if len(node.args) == 1:
                    items = self.items(node.args[0], scope)
                    return [[ex.constant(float(i)), item] for i, item in enumerate(items)]
                case "zip" if node.args:
                    lists = [self.items(arg, scope) for arg in node.args]
                    if len({len(items) for items in lists}) > 1:
                        raise refusal(node, "zip() of lists of different lengths", "Give lists of one length")
                    return [list(row) for row in zip(*lists, strict=True)]
        value = self.value(node, scope)
        if not isinstance(value, list):
            raise refusal(node, f"a loop cannot run over {said(value)}", "Loop over range(n) or a list")
        return value

    def truth(self, node: ast.expr, scope: Scope) -> bool:
        """Give the truth of a condition, which has to be constant.

        Raises:
            Refusal: If it depends on where things are.
        """
        value = self.value(node, scope)
        if isinstance(value, RelationValue):
            value.used = True
        if not isinstance(value, bool):
            raise refusal(
                node,
                f"a condition compares constant numbers, not positions; this is {said(value)}",
                "State what has to hold with goal() or along()",
            )
        return value

    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a name, or several, to a value.

        Raises:
            Refusal: If the target is no free name, or the items do not match.
        """
        if isinstance(target, (ast.Tuple, ast.List)):
            if isinstance(value, Expression) and value.length:
                value = [ex.index(value, i) for i in range(value.length)]
            if not isinstance(value, list) or len(value) != len(target.elts):
                raise refusal(
                    target, f"{len(target.elts)} names for {said(value)}", "Give one name to each item"
                )
            for name, item in zip(target.elts, value, strict=True):
                self.bind(name, item, scope)
            return
        if not isinstance(target, ast.Name):
            raise refusal(target, "only a plain name can be given a value", "Write name = value")
        if target.id in self.names.taken():
            raise refusal(target, f"{target.id} has a meaning already", "Choose another name")
        scope[target.id] = value

    def _value(self, node: ast.expr, scope: Scope) -> Value:
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self.names.meaning(node, scope)
            case ast.Attribute():
                return self.names.attribute(node, self.value(node.value, scope))
            case ast.Subscript():
                return self._subscript(node, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.Tuple() | ast.List():
                return _listed(node, [self.value(item, scope) for item in node.elts])
            case ast.ListComp() | ast.GeneratorExp():
                return self._comprehension(node, scope)
            case ast.BinOp():
                left, right = self.value(node.left, scope), self.value(node.right, scope)
                return combined(node, node.op, expression_of(left), expression_of(right))
            case ast.UnaryOp(op=ast.Not()):
                return not self.truth(node.operand, scope)
            case ast.UnaryOp():
                operand = expression_of(self.value(node.operand, scope))
                return -operand if isinstance(node.op, ast.USub) else operand
            case ast.BoolOp():
                return self._both(node, scope)
            case ast.Compare():
                sides = [self.value(side, scope) for side in (node.left, *node.comparators)]
                value = compared(node, sides)
                if isinstance(value, RelationValue):
                    self.relations.append(value)
                return value
            case ast.IfExp():
                return self.value(node.body if self.truth(node.test, scope) else node.orelse, scope)
        raise refusal(node, f"{type(node).__name__} means nothing here", "Use the listed functions")

    def _constant(self, node: ast.Constant) -> Value:
        if node.value is None or isinstance(node.value, (bool, str)):
            return node.value
        if not isinstance(node.value, (int, float)):
            raise refusal(node, f"{type(node.value).__name__} is no value of the language", "Write a number")
        if not abs(node.value) <= MAX_NUMBER:
            raise refusal(node, "the number is too large", f"Numbers go up to {MAX_NUMBER:g}")
        return ex.constant(float(node.value))

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value:
        base = self.value(node.value, scope)
        items = base if isinstance(base, list) else None
        vector = None if items is not None else expression_of(base)
        length = len(items) if items is not None else (vector.length if vector is not None else 0)
        if isinstance(node.slice, ast.Slice):
            bounds = (node.slice.lower, node.slice.upper, node.slice.step)
            given = [None if b is None else whole_of(self.value(b, scope), "a slice") for b in bounds]
            if given[2] == 0:
                raise refusal(node, "a slice cannot step by 0", "Leave the step out")
            numbers = range(length)[slice(*given)]
            if items is not None:
                return [items[i] for i in numbers]
            assert vector is not None
            return ex.vec([ex.index(vector, i) for i in numbers])
        if isinstance(node.slice, ast.Tuple):
            return self._columns(node, node.slice, base, scope)
        at = self.value(node.slice, scope)
        if isinstance(base, ThingValue) and isinstance(at, str):
            raise refusal(node, "a part is no index", f"Write {base.name}.{at}")
        chosen = _chosen(at)
        if chosen is not None:
            return self._several(node, items, vector, chosen)
        number = whole_of(at, "an index")
        if vector is not None:
            return ex.index(vector, number)
        assert items is not None
        if not -length <= number < length:
            raise refusal(node, f"the list has {length} items, counted from 0", "Use an index that exists")
        return items[number]

    def _several(
        self, node: ast.Subscript, items: list[Value] | None, vector: Expression | None, chosen: list[int]
    ) -> Value:
        """Take several items at once, as numpy does by a list of their numbers."""
        if vector is not None:
            return ex.vec([ex.index(vector, i) for i in chosen])
        assert items is not None
        wrong = next((i for i in chosen if not -len(items) <= i < len(items)), None)
        if wrong is not None:
            remedy = "Use an index that exists"
            raise refusal(node, f"there is no item {wrong} in a list of {len(items)}, counted from 0", remedy)
        return [items[i] for i in chosen]

    def _columns(self, node: ast.Subscript, index: ast.Tuple, base: Value, scope: Scope) -> Value:
        """Index a list of points by point and component: ``points[1, 2]``, ``points[:, 2]``."""
        if not isinstance(base, list) or len(index.elts) != 2:
            raise refusal(node, "only a list of points has two indices", "Write p[0] for a component")
        first, second = (
            ast.copy_location(ast.Subscript(ast.Name("_", ast.Load()), one, ast.Load()), node)
            for one in index.elts
        )
        rows = self._subscript(first, {**scope, "_": base})
        if not isinstance(index.elts[0], ast.Slice) and not isinstance(rows, list):
            return self._subscript(second, {**scope, "_": rows})
        assert isinstance(rows, list), "a slice of a list is a list"
        return _listed(node, [self._subscript(second, {**scope, "_": row}) for row in rows])

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        if isinstance(node.func, ast.Name) and node.func.id in ("range", "enumerate", "zip"):
            return _listed(node, self.items(node, scope))
        function = self.value(node.func, scope)
        args = [self.value(arg, scope) for arg in node.args]
        named = {word.arg: self.value(word.value, scope) for word in node.keywords if word.arg}
        if isinstance(function, HelperValue):
            return self.call_helper(function, node, args, named)
        if not isinstance(function, FunctionValue):
            raise refusal(node, f"{said(function)} cannot be called", "Call one of the listed functions")
        if function.name in ACTS:
            self.call_act(function.name, node, args, named)
            return None
        if function.name == "keypoint":
            return self.names.keypoint(node, args, named)
        if function.name in REGIONS:
            return region_of(function.name, node, args, named)
        if function.name in NEEDS_AXIS:
            _check_axis(node, function.name, args, named.pop("axis", None))
        name = ALIASES.get(function.name, function.name)
        _check_arguments(node, FUNCTIONS[name], args, named)
        return FUNCTIONS[name].call(*args)

    def _range(self, node: ast.Call, scope: Scope) -> list[Value]:
        numbers = [whole_of(self.value(arg, scope), "an argument of range()") for arg in node.args]
        if not 1 <= len(numbers) <= 3 or (len(numbers) == 3 and numbers[2] == 0):
            raise refusal(node, "range takes an end, or a beginning and an end", "Write range(3)")
        run = range(*numbers)
        if len(run) > MAX_STEPS - self.steps:
            raise refusal(node, "the range is too long", "Loop over fewer items")
        return [ex.constant(float(i)) for i in run]

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp, scope: Scope) -> Value:
        if len(node.generators) != 1:
            raise refusal(node, "a comprehension over several loops", "Write nested for loops")
        generator = node.generators[0]
        inner = dict(scope)
        found: list[Value] = []
        for item in self.items(generator.iter, scope):
            self.step(node)
            self.bind(generator.target, item, inner)
            if all(self.truth(test, inner) for test in generator.ifs):
                found.append(self.value(node.elt, inner))
        return _listed(node, found)

    def _both(self, node: ast.BoolOp, scope: Scope) -> Value:
        word = "and" if isinstance(node.op, ast.And) else "or"
        values = [self.value(part, scope) for part in node.values]
        for value in values:
            if not isinstance(value, bool):
                remedy = "Write one goal() or along() for each relation"
                if word == "or":
                    remedy = "Choose one alternative and write it alone"
                raise refusal(
                    node, f"`{word}` cannot join relations: each is a constraint of its own", remedy
                )
        return all(values) if word == "and" else any(values)


def _chosen(at: Value) -> list[int] | None:
    """Give the numbers of several items, or None where one is meant."""
    if isinstance(at, Expression) and at.length:
        numbers = ex.numbers_of(at)
        return None if numbers is None else [whole_of(ex.constant(n), "an index") for n in numbers]
    if isinstance(at, list) and at:
        return [whole_of(one, "an index") for one in at]
    return None


def _listed(node: ast.AST, items: list[Value]) -> list[Value]:
    if any(isinstance(item, list) and any(isinstance(deeper, list) for deeper in item) for item in items):
        raise refusal(node, "lists are nested too deep", "Use lists of points or of numbers")
    return items


def combined(node: ast.AST, op: ast.operator, a: Expression, b: Expression) -> Expression:
    """Apply an operator to two values.

    Raises:
        Refusal: If the operator is not for such values.
        ExpressionError: If the values do not go together.
    """
    match op:
        case ast.Add():
            return a + b
        case ast.Sub():
            return a - b
        case ast.Mult():
            return a * b
        case ast.Div():
            return a / b
        case ast.MatMult():
            return ex.dot(a, b)
        case ast.Pow():
            return _power(node, a, b)
    x, y = number_of(a, "the left side"), number_of(b, "the right side")
    if y == 0.0:
        raise refusal(node, "division by zero", "Write a divisor that is not zero")
    return ex.constant(x // y if isinstance(op, ast.FloorDiv) else x % y, a.unit)


def _power(node: ast.AST, a: Expression, b: Expression) -> Expression:
    exponent = number_of(b, "an exponent")
    if exponent == 0.5:
        return ex.unary("sqrt", a)
    if exponent in (2.0, 3.0, 4.0):
        result = a
        for _ in range(int(exponent) - 1):
            result = result * a
        return result
    raise refusal(node, "an exponent is 2, 3, 4 or 0.5", "Write the product out")


def _check_axis(node: ast.Call, name: str, args: list[Value], axis: Value) -> None:
    """Check that numpy would reduce a list of points point by point too."""
    if axis is not None and number_of(axis, "axis") != 0.0:
        raise refusal(node, "axis can only be 0, for a list of points", "Leave axis out")
    of_points = any(isinstance(arg, list) and any(expression_of(item).length for item in arg) for arg in args)
    if of_points and axis is None:
        remedy = f"Write axis=0, or {ALIASES[name]}([...])"
        raise refusal(node, f"{name} of points without axis mixes x, y and z", remedy)


def _check_arguments(node: ast.Call, function: Function, args: list[Value], named: dict[str, Value]) -> None:
    if named:
        raise refusal(node, f"there is no argument {next(iter(named))}", f"It is written {function.usage}")
    if not function.least <= len(args) <= function.most:
        raise refusal(
            node, f"it takes other arguments than these {len(args)}", f"It is written {function.usage}"
        )
