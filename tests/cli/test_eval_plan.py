"""Which options go together, and that the line in a summary runs the same again."""

import json
from pathlib import Path

import pytest
import tyro
from handsel.cli.eval import Eval
from handsel.cli.eval_plan import check_options, command_of, conditions_of, parts_of, plan_of
from handsel.cli.eval_progress import Estimate
from handsel.cli.main import PLAIN, main
from handsel.core.errors import InputError
from handsel.sim.evaluate import Evaluation
from handsel.sim.run_folder import Config, claim
from handsel.sim.suite import Conditions


def asked(*arguments: str) -> Eval:
    return tyro.cli(Eval, args=arguments, config=PLAIN)


@pytest.mark.parametrize(
    "arguments",
    [
        ("basics",),
        ("list", "--json", "x"),
        ("compare", "a", "b", "--json", "x"),
        ("--resume", "x", "--trials", "9", "--workers", "2", "--baselines"),
        ("basics", "--resume", "x"),
        ("saycan", "--data", "x", "--ablate", "can", "--choose", "named"),
        ("instructions", "--mind", "rules"),
    ],
)
def test_what_goes_together(arguments: tuple[str, ...]) -> None:
    check_options(asked(*arguments))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a suite"),
        (("list", "--seed", "1"), "--seed does not go with 'eval list'"),
        (("basics", "a", "b"), "what is named behind it does not go with 'eval basics'"),
        (("basics", "--choose", "named"), "--choose does not go"),
        (("--resume", "x", "--seed", "1"), "--seed does not go with --resume"),
        (("--resume", "x", "--out", "y"), "--out does not go with --resume"),
        (("instructions", "--ablate", "maps"), "--ablate does not go"),
        (("prompts", "--baselines"), "--baselines does not go"),
        (("saycan", "--resume", "x"), "--resume does not go"),
    ],
)
def test_what_does_not(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_options(asked(*arguments))


def test_parts_are_given_in_any_way() -> None:
    assert parts_of(asked("basics", "--ablate", "can,maps", "--ablate", "watch")) == ("can", "maps", "watch")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("perception", "--ablate", "can"), "has no 'can' that could be left out; nothing can"),
        (("saycan", "--data", "x", "--ablate", "watch"), "it can do without: can, say, repair"),
        (("dialogue", "--kind", "d11"), "no kind 'd11'; its kinds: d01"),
        (("perception", "--kind", "pour"), "leave --kind out"),
        (("basics", "--mind", "nothing", "--ablate", "repair"), "the mind 'nothing' has no 'repair'"),
        (("--resume", "no/such/folder"), "holds no run"),
        (("compare", "a"), "takes two runs, folders or summaries; got 1"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    assert main(["eval", *arguments]) == 2
    assert words in capsys.readouterr().err and list(elsewhere.iterdir()) == []


def test_the_line_runs_the_same_again() -> None:
    line = command_of(Evaluation(conditions=Conditions(suite="basics", ablate=("can",)), trials=7, first=3))
    again = asked(*line.split()[2:])
    assert (again.trials, again.first, conditions_of(again).ablate) == (7, 3, ("can",))
    plain = Conditions(suite="stay_away", seed=9, noise=False, camera_error=(0.005, 0.0087), disturbed=True)
    told = command_of(Evaluation(conditions=plain))
    found = conditions_of(asked(*told.split()[2:]))
    assert found.camera_error == pytest.approx(plain.camera_error, rel=1e-4)
    assert (found.suite, found.seed, found.noise, found.disturbed) == ("stay_away", 9, False, True)


def test_a_run_goes_on_under_its_own_conditions(tmp_path: Path) -> None:
    conditions = Conditions(suite="household", seed=4, kind="sweep", mind="rules")
    claim(tmp_path, Config(conditions=conditions, trials=30, first=10))
    plan = plan_of(asked("--resume", str(tmp_path)))
    assert plan.evaluation.conditions == conditions and plan.folder == tmp_path
    assert (plan.evaluation.trials, plan.evaluation.first) == (30, 10)
    assert plan_of(asked("--resume", str(tmp_path), "--trials", "40")).evaluation.trials == 40
    with pytest.raises(InputError, match="holds a run of 'household'; leave 'basics' out"):
        plan_of(asked("basics", "--resume", str(tmp_path)))
    with pytest.raises(InputError, match="go on with it by 'handsel eval --resume"):
        plan_of(asked("household", "--out", str(tmp_path)))


def test_the_time_left_is_guessed_from_what_was_run() -> None:
    now = 100.0
    estimate = Estimate(20, lambda: now)
    for _ in range(10):
        estimate.find()
    assert estimate.left is None and estimate.words == ""
    now = 160.0
    estimate.finish()
    estimate.finish()
    assert estimate.left == pytest.approx(240.0) and estimate.words == "about 4 min left"
    for _ in range(8):
        estimate.finish()
    assert estimate.left == 0.0 and estimate.words == ""


def test_suites_are_listed_with_their_kinds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "suites.json"
    assert main(["eval", "list", "--json", str(file)]) == 0
    out = capsys.readouterr().out
    assert "dialogue (10 kinds, mind rules)" in out and "d10" in out and "saycan" in out
    assert "household (5 kinds, mind program:household)" in out
    rows = {row["suite"]: row for row in json.loads(file.read_text())}
    assert rows["perception"]["kinds"] == rows["perception"]["parts"] == []
    assert rows["basics"]["parts"] == ["can", "say", "maps", "constraints", "watch", "repair"]
