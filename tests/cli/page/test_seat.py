"""One page commands; others look, and get the seat when it is free or taken."""

from handsel.cli.page.seat import AWAY, Seat


def test_the_first_page_commands_and_the_second_looks() -> None:
    seat = Seat()
    seat.come("a")
    seat.come("b")
    assert seat.has("a") and not seat.has("b") and seat.mine("a") and not seat.mine("b")
    seat.take("b")
    assert seat.has("b") and not seat.has("a")


def test_a_reload_keeps_the_seat_and_a_page_gone_for_good_frees_it() -> None:
    now = [0.0]
    seat = Seat(lambda: now[0])
    seat.come("a")
    seat.come("b")
    seat.leave("a")
    now[0] += AWAY / 2
    assert not seat.has("b")
    seat.come("a")
    assert seat.has("a")
    seat.leave("a")
    now[0] += AWAY
    assert seat.has("b") and not seat.has("a")


def test_a_page_without_a_name_never_commands() -> None:
    assert not Seat().has("")


def test_two_streams_of_one_page_count_as_one_page() -> None:
    now = [0.0]
    seat = Seat(lambda: now[0])
    seat.come("a")
    seat.come("a")
    seat.leave("a")
    now[0] += 2 * AWAY
    assert not seat.has("b")
