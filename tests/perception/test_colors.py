import numpy as np
import pytest
from handsel.perception.colors import NAMES, REFERENCES, hue_angle, name_color, to_lab, to_linear


def test_lab_of_known_colors():
    # CIE 1976 of the sRGB corners under D65, from the standard's published table.
    expected = {
        (255, 255, 255): (100.0, 0.0, 0.0),
        (255, 0, 0): (53.24, 80.09, 67.20),
        (0, 0, 255): (32.30, 79.19, -107.86),
    }
    for codes, lab in expected.items():
        assert to_lab(to_linear(np.array(codes, np.uint8))) == pytest.approx(lab, abs=0.05)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shade", [0.75, 0.9, 1.0])
def test_a_reference_keeps_its_name_in_the_shade(name, shade):
    base = np.array(REFERENCES[name][0])
    light = np.linspace(0.2, 1.0, 50)[:, None] * shade  # sides in the dark, one face lit
    light[30:] = shade
    assert name_color(light * base)[0] == name


def test_a_color_between_two_is_doubted():
    name, other = name_color(np.full((20, 3), 0.62))
    assert {name, other} == {"gray", "white"}
    assert name_color(np.full((20, 3), 0.92))[1] is None


def test_hue_angle_ignores_light():
    color = np.array([0.8, 0.3, 0.1])
    assert hue_angle(color, 0.4 * color) < 0.05
    assert hue_angle(color, color[::-1]) > 0.5
