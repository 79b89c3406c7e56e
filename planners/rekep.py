"""The second front end: constraints in ReKep's form, read into the same ``Program``.

In that form a model writes one function for each constraint, over the end
effector's position and a list of numbered keypoints, with a cost that has to be
at most 0, and two lists that say which keypoint each stage grasps or releases::

    num_stages = 2
    def stage1_subgoal_constraint1(end_effector, keypoints):
        return np.linalg.norm(end_effector - keypoints[1])
    def stage2_path_constraint1(end_effector, keypoints):
        return get_grasping_cost_by_keypoint_idx(1)
    grasp_keypoints = [1, -1]
    release_keypoints = [-1, 1]

The parsed tree is turned into the tree of a native program, which the one
reader goes through: the same limits, the same refusals, nothing executed and
nothing dropped. Names that the writer gave to values and that mean something in
the native language are renamed on the way.
"""

import ast
import re
from dataclasses import dataclass, replace

from .program import Program, Relation, Stage
from .reading.holding import followed
from .reading.names import Names
from .reading.refusal import Refusal, refusal
from .reading.source import parsed
from .reading.statements import MAX_STAGES, Interpreter
from .reading.vocabulary import Vocabulary
from .rekep_names import Renamer
from .rekep_numpy import Harmless, without_hints

HOLDING = "get_grasping_cost_by_keypoint_idx"
"""The predicate "still holding keypoint i"; following what is held is the program's own business."""

_CONSTRAINT = re.compile(r"stage_?(\d+)_(subgoal|path)_constraint_?(\d+)")
_COUNT = re.compile(r"^\s*#?\s*num_stages\s*[=:]\s*(\d+)", re.MULTILINE)
_LISTS = ("grasp_keypoints", "release_keypoints")
_POINTS = "all_keypoints_"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Constraint:
    """One constraint function: its stage, kind and number, as it was written."""

    stage: int
    kind: str
    number: int
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        """Name of the helper that it becomes."""
        return f"{self.kind}_{self.stage}_{self.number}_"

    @property
    def said(self) -> str:
        """How reports speak of it."""
        words = (ast.get_docstring(self.node) or "").strip().partition("\n")[0]
        return f"{self.node.name}: {words}" if words else self.node.name


def read_rekep(text: str, vocabulary: Vocabulary) -> Program:
    """Read constraints in ReKep's form.

    Args:
        text: The functions and lists, or an answer with them in a fenced block.
        vocabulary: The scene's names; ``keypoints[i]`` is its keypoint number i.

    Returns:
        The program, a stage for each of theirs; the relations' texts name their functions.

    Raises:
        Retryable: If anything in it cannot be read, with line, column, reason and remedy.
    """
    source, tree = parsed(text, without_hints)
    tree = Harmless().visit(tree)
    constraints, lists, rest = _sorted(tree)
    count = _stage_count(source, tree, constraints, lists)
    words = Names(vocabulary=vocabulary, globals={}).taken()
    named = {one.name: one.said for one in constraints}  # before they are renamed
    held = _held_before(lists, count, vocabulary)
    numbers = _named_numbers(rest)
    told: dict[int, list[_Constraint]] = {}
    for constraint in constraints:
        predicate = _holding(constraint.node)
        if predicate is not None:
            _check_held(predicate, numbers, held[constraint.stage - 1], vocabulary)
        else:
            told.setdefault(constraint.stage, []).append(constraint)
    native = ast.Module(body=[_points(vocabulary)], type_ignores=[])
    renamer = Renamer(tree, rest, words)
    for statement in rest:
        native.body.append(renamer.renamed(statement))
    for constraint in (one for group in told.values() for one in group):
        function = renamer.renamed(constraint.node)
        assert isinstance(function, ast.FunctionDef)
        function.name = constraint.name
        native.body.append(function)
    for stage in range(1, count + 1):
        ends = held[count] if stage == count else None
        native.body.append(_stage(stage, told.get(stage, []), lists, vocabulary, ends))
    try:
        drafts, always = Interpreter(vocabulary=vocabulary).drafts(ast.fix_missing_locations(native))
    except Refusal as refused:
        raise _in_this_form(refused) from refused
    stages, holds = followed(drafts, always, vocabulary)
    return Program(text=source, stages=tuple(_named(stage, named) for stage in stages), holds=holds)


def _in_this_form(refused: Refusal) -> Refusal:
    """Advise what can be written here where the advice speaks of the native form."""
    if "goal()" not in refused.remedy or not refused.reason.startswith("a condition compares"):
        return refused
    remedy = "Leave the branch out and return one cost; max(a, b), min(a, b) and abs(a) need none"
    return Refusal(refused.reason, remedy, refused.line, refused.column)


def _sorted(
    tree: ast.Module,
) -> tuple[list[_Constraint], dict[str, tuple[ast.AST, list[int]]], list[ast.stmt]]:
    """Part the text into constraints, keypoint lists, and everything else."""
    constraints: dict[tuple[int, str, int], _Constraint] = {}
    lists: dict[str, tuple[ast.AST, list[int]]] = {}
    rest: list[ast.stmt] = []
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        name = target.id if isinstance(target, ast.Name) else None
        match = _CONSTRAINT.fullmatch(node.name) if isinstance(node, ast.FunctionDef) else None
        if isinstance(node, ast.FunctionDef) and match:
            one = _Constraint(stage=int(match[1]), kind=match[2], number=int(match[3]), node=node)
            key = (one.stage, one.kind, one.number)
            if key in constraints:
                raise refusal(node, "this constraint is defined twice", "Give each its own number")
            if len(node.args.args) + len(node.args.posonlyargs) != 2 or node.args.kwonlyargs:
                raise refusal(
                    node,
                    "a constraint takes two arguments",
                    f"Write def {node.name}(end_effector, keypoints)",
                )
            constraints[key] = one
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("stage"):
            remedy = "Write stage1_subgoal_constraint1 or stage1_path_constraint1, with the stage's number"
            raise refusal(node, "this is no name of a constraint", remedy)
        elif isinstance(node, ast.Assign) and name in _LISTS:
            if name in lists:
                raise refusal(node, f"{name} is given twice", "Give it once")
            lists[name] = (node, _numbers(node.value, name))
        elif isinstance(node, ast.Assign) and name == "num_stages":
            if not (isinstance(node.value, ast.Constant) and type(node.value.value) is int):
                raise refusal(node, "num_stages is a whole number", "Write num_stages = 3")
        else:
            rest.append(node)
    return [constraints[key] for key in sorted(constraints)], lists, rest


def _numbers(node: ast.expr, name: str) -> list[int]:
    found: list[int] = []
    for item in node.elts if isinstance(node, (ast.List, ast.Tuple)) else ():
        sign = -1 if isinstance(item, ast.UnaryOp) and isinstance(item.op, ast.USub) else 1
        number = item.operand if isinstance(item, ast.UnaryOp) else item
        if not (isinstance(number, ast.Constant) and type(number.value) is int):
            raise refusal(item, "this is no keypoint number", "Write a number, or -1 for none")
        found.append(sign * number.value)
    if not found:
        raise refusal(node, f"{name} is a list of keypoint numbers", f"Write {name} = [-1, -1]")
    return found


def _stage_count(
    source: str,
    tree: ast.Module,
    constraints: list[_Constraint],
    lists: dict[str, tuple[ast.AST, list[int]]],
) -> int:
    """Find how many stages there are, wherever it is said, and check that all agree."""
    said = {int(number[:4]) for number in _COUNT.findall(source)}
    if len(said) > 1:
        raise Refusal(f"num_stages is {' and '.join(map(str, sorted(said)))}", "Say it once")
    lengths = [len(numbers) for _, numbers in lists.values()]
    count = said.pop() if said else max([*lengths, *(one.stage for one in constraints)], default=0)
    if not 1 <= count <= MAX_STAGES:
        raise Refusal(
            f"there are {count} stages", f"Write 1 to {MAX_STAGES}: stage1_subgoal_constraint1, ..."
        )
    for name, (node, numbers) in lists.items():
        if len(numbers) != count:
            reason = f"{name} has {len(numbers)} items, and there are {count} stages"
            raise refusal(node, reason, "Give one item for each stage, -1 for none")
    for one in constraints:
        if not 1 <= one.stage <= count:
            raise refusal(
                one.node, f"there are {count} stages, counted from 1", "Change the number of stages"
            )
    return count


def _act(lists: dict[str, tuple[ast.AST, list[int]]], name: str, stage: int) -> tuple[ast.AST, int] | None:
    node, numbers = lists.get(name, (None, []))
    if node is None or numbers[stage - 1] < 0:
        return None
    return node, numbers[stage - 1]


def _thing(number: int, node: ast.AST, vocabulary: Vocabulary) -> str:
    if number not in vocabulary.keypoints:
        listed = ", ".join(map(str, vocabulary.keypoints)) or "none"
        raise refusal(node, f"there is no keypoint {number}", f"The numbers are: {listed}")
    return vocabulary.keypoints[number][0]


def _held_before(
    lists: dict[str, tuple[ast.AST, list[int]]], count: int, vocabulary: Vocabulary
) -> list[set[str]]:
    """Say what is held before each stage, and after the last; whether that can be is checked later."""
    held = set(vocabulary.held.values())
    before = [set(held)]
    for stage in range(1, count + 1):
        grasped, let_go = (_act(lists, name, stage) for name in _LISTS)
        if grasped is not None:
            held.add(_thing(grasped[1], grasped[0], vocabulary))
        if let_go is not None:
            held.discard(_thing(let_go[1], let_go[0], vocabulary))
        before.append(set(held))
    return before


def _holding(node: ast.FunctionDef) -> ast.Call | None:
    """Find the predicate in a constraint that is nothing but it.

    Raises:
        Refusal: If it stands inside something else: its value is no distance.
    """
    calls = [
        one
        for one in ast.walk(node)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == HOLDING
    ]
    if not calls:
        return None
    body = [one for one in node.body if not _is_text(one)]
    if len(body) == 2 and _names_the_result(*body):
        return calls[0]
    if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is calls[0]:
        return calls[0]
    raise refusal(
        calls[0], f"{HOLDING} inside an expression", "Return it alone, from a constraint of its own"
    )


def _names_the_result(first: ast.stmt, second: ast.stmt) -> bool:
    """Tell whether a body is ``cost = predicate(1)`` and ``return cost``."""
    return (
        isinstance(first, ast.Assign)
        and isinstance(second, ast.Return)
        and isinstance(first.value, ast.Call)
        and isinstance(first.value.func, ast.Name)
        and first.value.func.id == HOLDING
        and isinstance(second.value, ast.Name)
        and [getattr(target, "id", None) for target in first.targets] == [second.value.id]
    )


def _named_numbers(rest: list[ast.stmt]) -> dict[str, int]:
    """Give the whole numbers that have a name outside of functions."""
    return {
        one.targets[0].id: one.value.value
        for one in rest
        if isinstance(one, ast.Assign)
        and isinstance(one.targets[0], ast.Name)
        and isinstance(one.value, ast.Constant)
        and type(one.value.value) is int
    }


def _check_held(call: ast.Call, numbers: dict[str, int], held: set[str], vocabulary: Vocabulary) -> None:
    number: ast.AST | None = call.args[0] if len(call.args) == 1 and not call.keywords else None
    if isinstance(number, ast.Name) and number.id in numbers:
        number = ast.Constant(numbers[number.id])
    if not (isinstance(number, ast.Constant) and type(number.value) is int):
        raise refusal(call, "it takes the number of a keypoint", f"Write {HOLDING}(1)")
    thing = _thing(number.value, call, vocabulary)
    if thing not in held:
        now = ", ".join(sorted(held)) or "nothing"
        raise refusal(
            call,
            f"{thing} is not held in this stage: {now} is",
            "Grasp it in an earlier stage with grasp_keypoints, or leave this out",
        )


def _points(vocabulary: Vocabulary) -> ast.stmt:
    """Name the list of all keypoints; a number that is not given stands for nothing."""
    known = vocabulary.keypoints
    items: list[ast.expr] = [
        _call("keypoint", ast.Constant(i)) if i in known else ast.Constant(None)
        for i in range(max(known, default=-1) + 1)
    ]
    return ast.Assign([ast.Name(_POINTS, ast.Store())], ast.List(items, ast.Load()))


def _stage(
    stage: int,
    told: list[_Constraint],
    lists: dict[str, tuple[ast.AST, list[int]]],
    vocabulary: Vocabulary,
    ends: set[str] | None,
) -> ast.FunctionDef:
    """Write a native stage."""
    hand = vocabulary.hands[0]
    tool: ast.expr = ast.Attribute(ast.Name(hand, ast.Load()), "ee", ast.Load())
    body: list[ast.stmt] = []

    def add(call: ast.Call, node: ast.AST) -> None:
        statement = ast.copy_location(ast.Expr(call), node)
        for part in ast.walk(statement):
            ast.copy_location(part, node)
        body.append(statement)

    for one in told:
        cost = _call(one.name, tool, ast.Name(_POINTS, ast.Load()))
        comparison = ast.Compare(cost, [ast.LtE()], [ast.Constant(0)])
        add(_call("goal" if one.kind == "subgoal" else "along", comparison), one.node)
    grasped, let_go = (_act(lists, name, stage) for name in _LISTS)
    on = [ast.keyword("hand", ast.Constant(hand))]
    if grasped is not None:
        add(_call("grasp", _call("keypoint", ast.Constant(grasped[1])), keywords=on), grasped[0])
    if let_go is not None:
        thing = _thing(let_go[1], let_go[0], vocabulary)
        add(_call("release", ast.Name(thing, ast.Load()), keywords=on), let_go[0])
    first = body[0] if body else None
    for thing in sorted(ends or ()):
        add(_call("hold", ast.Name(thing, ast.Load())), first or ast.Pass(lineno=1, col_offset=0))
    ends_first = sorted(told, key=lambda one: one.kind != "subgoal")
    words = next((ast.get_docstring(one.node) for one in ends_first if ast.get_docstring(one.node)), None)
    if words:
        body.insert(0, ast.Expr(ast.Constant(words)))
    arguments = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    function = ast.FunctionDef(f"stage_{stage}", arguments, body or [ast.Pass()], [])
    return ast.copy_location(function, first) if first else function


def _call(name: str, *args: ast.expr, keywords: list[ast.keyword] | None = None) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), keywords or [])


def _named(stage: Stage, names: dict[str, str]) -> Stage:
    """Let the relations speak of the functions that they were written as."""

    def said(relation: Relation) -> Relation:
        name = relation.text.partition("(")[0]
        return replace(relation, text=names.get(name, relation.text))

    return replace(stage, goals=tuple(map(said, stage.goals)), along=tuple(map(said, stage.along)))


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
