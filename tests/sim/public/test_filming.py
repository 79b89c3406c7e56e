"""A video shows the same episode again."""

import av
import numpy as np
import pytest
from handsel.sim.public.filming import RATE, Noted, film


def test_the_same_actions_end_the_same_and_are_seen(boxes, tmp_path):
    boxes.reset("press_it", 3, "geometric")
    body = Noted(boxes.body)
    for _ in range(40):
        body.act(np.array([0.3, 0.4, -0.2, -1.0]))
    ended = body.observe().state.q
    count = film(boxes, "press_it", 3, "geometric", body.actions, tmp_path / "deep" / "film.mp4")
    assert boxes.body.observe().state.q == pytest.approx(np.array(ended))
    assert count == 40 // round(1.0 / (RATE * body.info().period))
    with av.open(str(tmp_path / "deep" / "film.mp4")) as video:
        pictures = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    assert len(pictures) == count and max(picture.max() for picture in pictures) > 100
