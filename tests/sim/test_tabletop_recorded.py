"""The tabletop tasks by recorded conversations: test data, answers that readers of the prompts gave.

The prompts were answered for one layout of each task (episode n of seed 0); here the same
answers serve that layout, and one that nobody saw.
"""

from pathlib import Path

import pytest
from handsel.agent.language.recording import read_conversation
from handsel.agent.model.review import review
from handsel.sim.suite import Conditions
from handsel.sim.suites.tabletop import SUITE
from handsel.sim.tabletop_tasks import TASKS

RECORDED = Path(__file__).parents[1] / "data" / "tabletop"
KINDS = tuple(TASKS)
LONGEST = 6000
"""What a small model takes, [tokens]."""


def done(number: int, folder: Path) -> None:
    record = SUITE.run(Conditions(suite="tabletop", seed=0, mind=f"recorded:{RECORDED}"), number, folder)
    assert record["success"], f"{record['truth']}; {record['cause']}"


def test_there_is_a_conversation_about_every_task_and_no_key_in_it() -> None:
    assert {path.stem for path in RECORDED.glob("*.json")} == set(KINDS)
    for path in RECORDED.glob("*.json"):
        assert read_conversation(path).turns
        assert "authorization" not in path.read_text(encoding="utf-8").lower()


def test_the_answers_still_serve_the_prompts() -> None:
    """A changed prompt that makes an answer useless, or grows too long, is seen here."""
    turns = [turn for path in sorted(RECORDED.glob("*.json")) for turn in review(path)]
    assert len(turns) > 2 * len(KINDS)
    assert [(turn.where, turn.why) for turn in turns if not turn.serves] == []
    assert max(turn.tokens for turn in turns) <= LONGEST


def test_one_task_is_done_by_recorded_answers(tmp_path: Path) -> None:
    done(KINDS.index("put_in"), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("number", [*range(20), *range(20, 40)])
def test_each_task_is_done_in_two_layouts(number: int, tmp_path: Path) -> None:
    done(number, tmp_path)
