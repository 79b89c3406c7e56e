"""Functions and statements of program text, gone through in order to make the stages."""

import ast
import re
from dataclasses import dataclass, field

from .. import expressions as ex
from ..expressions import Expression, ExpressionError
from .acts import Draft, Statement, carry_out
from .evaluator import Evaluator, combined
from .names import Names, Scope
from .refusal import excerpt_of, refusal
from .values import HelperValue, Value, expression_of, said, whole_of
from .vocabulary import Vocabulary

MAX_STAGES = 30
MAX_CALLS = 12
"""Deepest calls of helpers within helpers."""

_STAGE = re.compile(r"stage_?(\d+)(_\w+)?")


@dataclass(frozen=True, slots=True)
class _Returned:
    value: Value


@dataclass(slots=True, kw_only=True)
class Interpreter:
    """Goes through a program's functions."""

    vocabulary: Vocabulary
    names: Names = field(init=False)
    evaluator: Evaluator = field(init=False)
    draft: Draft | None = None
    calls: int = 0
    called: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Connect the evaluation of expressions with the running of functions."""
        self.names = Names(vocabulary=self.vocabulary, globals={})
        self.evaluator = Evaluator(names=self.names, call_helper=self._call_helper, call_act=self._call_act)

    def drafts(self, tree: ast.Module) -> tuple[list[Draft], Draft | None]:
        """Read every stage, and ``always`` where there is one.

        Raises:
            Refusal: If something in the text has no meaning, or would have no effect.
        """
        stages: list[ast.FunctionDef] = []
        always: ast.FunctionDef | None = None
        helpers: list[ast.FunctionDef] = []
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef):
                self._check_definition(statement)
                if _STAGE.fullmatch(statement.name):
                    stages.append(statement)
                elif statement.name == "always":
                    always = statement
                else:
                    helpers.append(statement)
                    self.names.globals[statement.name] = HelperValue(statement)
        for statement in tree.body:
            if not isinstance(statement, ast.FunctionDef):
                self._outside(statement)
        _check_order(stages, tree)
        everywhere = self._draft(always, everywhere=True) if always else None
        drafts = [self._draft(stage) for stage in stages]
        for helper in helpers:
            if helper.name not in self.called:
                raise refusal(helper, "nothing calls this function", "Call it from a stage, or leave it out")
        return drafts, everywhere

    def _check_definition(self, node: ast.FunctionDef) -> None:
        if node.name in self.names.globals:
            raise refusal(node, f"{node.name} is defined twice", "Give every function its own name")
        if node.name in self.names.taken():
            raise refusal(node, f"{node.name} has a meaning already", "Choose another name")
        staged = _STAGE.fullmatch(node.name) is not None or node.name == "always"
        if staged and (node.args.args or node.args.kwonlyargs or node.args.posonlyargs):
            raise refusal(node, "a stage takes no arguments", f"Write def {node.name}():")

    def _outside(self, node: ast.stmt) -> None:
        """Run a statement outside functions: a docstring or a name for a value."""
        if isinstance(node, ast.Assign):
            self._run([node], self.names.globals)
            self._check_used()
        elif not _is_text(node):
            remedy = "Put it into a function: def stage_1():"
            raise refusal(node, "only names for values stand outside of functions", remedy)

    def _draft(self, node: ast.FunctionDef, everywhere: bool = False) -> Draft:
        self.draft = Draft(node=node, everywhere=everywhere)
        if self._run(node.body, {}) is not None:
            raise refusal(
                node, "a stage returns nothing", "Leave the return out; state relations with goal()"
            )
        self._check_used()
        draft, self.draft = self.draft, None
        assert draft is not None
        if draft.empty:
            raise refusal(
                node, "nothing is done in it", "Say what holds at its end with goal(), or grasp or release"
            )
        return draft

    def _check_used(self) -> None:
        for value in self.evaluator.relations:
            if not value.used:
                raise refusal(
                    value.node, "this comparison has no effect", "Write it inside goal() or along()"
                )
        self.evaluator.relations.clear()

    def _run(self, body: list[ast.stmt], scope: Scope) -> _Returned | None:
        for statement in body:
            self.evaluator.step(statement)
            try:
                returned = self._statement(statement, scope)
            except ExpressionError as error:
                raise refusal(statement, str(error), "See the functions' arguments and units") from error
            if returned is None:
                continue
            if isinstance(statement, ast.Return) and statement is not body[-1]:
                raise refusal(body[-1], "what stands after a return is never reached", "Leave it out")
            return returned
        return None

    def _statement(self, node: ast.stmt, scope: Scope) -> _Returned | None:
        evaluate = self.evaluator.value
        match node:
            case ast.Pass():
                return None
            case ast.Expr():
                if not _is_text(node):
                    value = evaluate(node.value, scope)
                    self._check_plain(node, value)
                return None
            case ast.Assign(targets=[ast.Subscript() as part]):
                self._set_component(part, evaluate(node.value, scope), scope)
                return None
            case ast.Assign():
                value = evaluate(node.value, scope)
                for target in node.targets:
                    self.evaluator.bind(target, value, scope)
                return None
            case ast.AugAssign(target=ast.Subscript() as part):
                both = [expression_of(evaluate(one, scope)) for one in (part, node.value)]
                self._set_component(part, combined(node, node.op, *both), scope)
                return None
            case ast.AugAssign():
                if not isinstance(node.target, ast.Name):
                    raise refusal(node, "only a plain name can be given a value", "Write name = value")
                both = [expression_of(evaluate(part, scope)) for part in (node.target, node.value)]
                self.evaluator.bind(node.target, combined(node, node.op, *both), scope)
                return None
            case ast.If():
                return self._run(node.body if self.evaluator.truth(node.test, scope) else node.orelse, scope)
            case ast.For(orelse=[]):
                return self._loop(node, scope)
            case ast.Return():
                if self.calls == 0:
                    raise refusal(node, "only helpers return", "State relations with goal() or along()")
                return _Returned(evaluate(node.value, scope) if node.value else None)
        raise refusal(node, f"{type(node).__name__} is not allowed here", "Use the listed statements")

    def _set_component(self, target: ast.Subscript, value: Value, scope: Scope) -> None:
        """Give a component of a vector of the text's own a value: the name then means the new vector."""
        name = target.value.id if isinstance(target.value, ast.Name) else None
        before = scope.get(name) if name is not None else None
        if name is None or not isinstance(before, Expression) or not before.length or before.ref is not None:
            remedy = "Write q = p + vec(0, 0, 0.1)"
            raise refusal(
                target,
                "only a plain name, or a component of a vector of one's own, can be given a value",
                remedy,
            )
        number = whole_of(self.evaluator.value(target.slice, scope), "an index")
        parts = [ex.index(before, i) for i in range(before.length)]
        if not -len(parts) <= number < len(parts):
            raise refusal(
                target, f"the vector has {len(parts)} components, counted from 0", "Use one of them"
            )
        parts[number] = expression_of(value)
        self.evaluator.bind(target.value, ex.vec(parts), scope)

    def _loop(self, node: ast.For, scope: Scope) -> _Returned | None:
        for item in self.evaluator.items(node.iter, scope):
            self.evaluator.step(node)
            self.evaluator.bind(node.target, item, scope)
            returned = self._run(node.body, scope)
            if returned is not None:
                return returned
        return None

    def _check_plain(self, node: ast.Expr, value: Value) -> None:
        """Refuse a value that goes nowhere; an unused comparison is found at the stage's end."""
        if value is not None and not any(value is made for made in self.evaluator.relations):
            raise refusal(
                node, f"{said(value)} alone has no effect", "Use it in goal() or along(), or leave it out"
            )

    def _call_helper(
        self, helper: HelperValue, node: ast.Call, args: list[Value], named: dict[str, Value]
    ) -> Value:
        definition = helper.definition
        self.called.add(definition.name)
        if self.calls >= MAX_CALLS:
            raise refusal(node, f"helpers call each other more than {MAX_CALLS} deep", "Write a loop")
        parameters = [arg.arg for arg in (*definition.args.posonlyargs, *definition.args.args)]
        for parameter in parameters:
            if parameter in self.names.taken():
                raise refusal(definition, f"{parameter} has a meaning already", "Choose another name")
        defaults = definition.args.defaults
        scope: Scope = {
            name: self.evaluator.value(default, {})
            for name, default in zip(parameters[len(parameters) - len(defaults) :], defaults, strict=True)
        }
        scope.update(zip(parameters, args, strict=False))
        doubled = [name for name in named if name not in parameters or name in parameters[: len(args)]]
        scope.update(named)
        lacking = [name for name in parameters if name not in scope]
        if len(args) > len(parameters) or doubled or lacking or definition.args.kwonlyargs:
            usage = f"{definition.name}({excerpt_of(definition.args)})"
            raise refusal(node, "the arguments do not fit the function", f"It is defined as {usage}")
        self.calls += 1
        returned = self._run(definition.body, scope)
        self.calls -= 1
        return returned.value if returned else None

    def _call_act(self, name: str, node: ast.Call, args: list[Value], named: dict[str, Value]) -> None:
        if self.draft is None:
            raise refusal(
                node, f"{name}() stands outside of a stage", "Put it into a function: def stage_1():"
            )
        statement = Statement(node=node, args=args, named=named, draft=self.draft, vocabulary=self.vocabulary)
        carry_out(name, statement)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _check_order(stages: list[ast.FunctionDef], tree: ast.Module) -> None:
    if not stages:
        first = tree.body[0] if tree.body else tree
        raise refusal(first, "there is no stage", "Write def stage_1(): with goal() or grasp() in it")
    if len(stages) > MAX_STAGES:
        raise refusal(stages[MAX_STAGES], f"more than {MAX_STAGES} stages", "Write fewer")
    for number, stage in enumerate(stages, 1):
        match = _STAGE.fullmatch(stage.name)
        if match is None or match[1].lstrip("0") != str(number):
            raise refusal(
                stage, f"the stages are not in order: this is number {number}", f"Call it stage_{number}"
            )
