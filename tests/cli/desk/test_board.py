"""The board: nothing is lost for who comes late, and it does not grow without bound."""

import threading

from handsel.cli.desk.board import Board


def test_who_comes_late_sees_it_all_in_order() -> None:
    board = Board()
    for k in range(5):
        board.post("line", text=str(k))
    assert [one.data["text"] for one in board.after(0)] == list("01234")
    assert [one.number for one in board.after(3)] == [4, 5] and board.after(5) == ()


def test_it_is_bounded_and_forgets_motion_first() -> None:
    board = Board(most=40)
    board.post("line", text="begin")
    for k in range(500):
        board.post("live", t=k)
    kept = board.after(0)
    assert len(kept) <= 40 and kept[0].kind == "line" and kept[-1].data["t"] == 499
    assert [one.number for one in kept] == sorted(one.number for one in kept)
    for k in range(500):
        board.post("line", text=str(k))
    assert len(board.after(0)) <= 40


def test_listeners_are_woken_until_they_go() -> None:
    board, woken = Board(), []
    end = board.listen(lambda: woken.append(board.after(0)[-1].kind))
    board.post("a")
    end()
    end()
    board.post("b")
    assert woken == ["a"]


def test_many_threads_post_without_losing_any() -> None:
    board = Board()
    threads = [threading.Thread(target=lambda: [board.post("x") for _ in range(100)]) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.number for one in board.after(0)] == list(range(1, 401))


def test_two_boards_are_told_apart() -> None:
    assert Board().epoch != Board().epoch
