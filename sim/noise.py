"""What a real depth camera adds: noise that grows with distance, steps, holes at edges, dropouts, bias.

The model is that of an active stereo camera, in disparity, where its errors are born:

* random error of a matched disparity, 0.08 px, correlated between neighbouring
  pixels by the matching window: RMS depth error = z^2 * error / (f * b)
  (Intel, "Best-known methods for tuning D400 depth cameras", 2018; L. Keselman
  et al., "Intel RealSense stereoscopic depth cameras", CVPRW 2017);
* disparity comes in steps of 1/32 px (the same);
* a small scale error that stays for a run stands for what calibration leaves over;
* pixels beside a depth edge have no match: the band is as wide as the baseline
  makes the far side invisible to the second camera, on its left;
* matches are lost at random in small blotches, more where the surface is grazing
  (C. V. Nguyen, S. Izadi, D. Lovell, "Modeling Kinect sensor noise for improved
  3D reconstruction and tracking", 3DIMPVT 2012, section 3: error rises steeply past 60 degrees);
* dark surfaces return less of the pattern: their random error doubles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Depth = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthNoise:
    """Parameters of a stereo depth camera.

    Attributes:
        baseline: Distance between the two imagers, [m]; 0.050 is the D435's.
        disparity_error: RMS random error of a disparity on a well-lit surface, [px].
        step: Quantum of disparity, [px].
        window: Standard deviation of the matching window that correlates errors, [px].
        dropout: Share of pixels lost at random, besides edges.
        scale_error: Standard deviation of the relative depth bias of a whole run.
        reference_width: Image width at which the errors in pixels are meant, [px]; a
            picture of another width was scaled from it, and its errors with it.
    """

    baseline: float = 0.050
    disparity_error: float = 0.08
    step: float = 1.0 / 32.0
    window: float = 1.2
    dropout: float = 0.01
    scale_error: float = 0.0015
    reference_width: int = 848

    def bias(self, rng: np.random.Generator) -> float:
        """Draw a run's relative depth bias."""
        return float(rng.normal(0.0, self.scale_error))

    def apply(
        self, depth: Depth, rgb: NDArray[np.uint8], fx: float, bias: float, rng: np.random.Generator
    ) -> Depth:
        """Make a measured depth picture of a true one.

        Args:
            depth: True depth, shape (h, w), [m]; NaN where nothing is.
            rgb: The picture of the same pixels.
            fx: Focal length, [px of this picture].
            bias: Relative depth error of the run, from ``bias``.
            rng: Source of chance; every frame draws anew.

        Returns:
            Measured depth, NaN where no match was found.
        """
        from scipy.ndimage import gaussian_filter  # A second to load; most worlds have no noise.

        known = np.isfinite(depth)
        z = np.where(known, depth, 1.0).astype(np.float64)
        scale = self.reference_width / depth.shape[1]
        disparity = fx * scale * self.baseline / z
        error = gaussian_filter(rng.standard_normal(depth.shape), self.window / scale)
        error *= self.disparity_error / max(float(error.std()), 1e-12)
        dark = rgb.max(axis=-1) < 40
        measured = disparity + error * np.where(dark, 2.0, 1.0)
        measured = np.round(measured / self.step) * self.step
        noisy = (1.0 + bias) * fx * scale * self.baseline / np.maximum(measured, self.step)
        lost = ~known | self._shadowed(disparity / scale) | self._dropped(z, fx, rng)
        return np.where(lost, np.nan, noisy).astype(np.float32)

    def _shadowed(self, disparity: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Find pixels of a far side that a nearer one hides from the second imager.

        In that imager a pixel lies by its disparity further to the left. What a
        pixel to its right overtakes there is covered by it.
        """
        column = np.arange(disparity.shape[1])[None, :] - disparity
        nearest = np.minimum.accumulate(column[:, ::-1], axis=1)[:, ::-1]
        return column > nearest + 0.5

    def _dropped(self, z: NDArray[np.float64], fx: float, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Draw blotches without a match, more of them on grazing surfaces."""
        from scipy.ndimage import gaussian_filter
        from scipy.special import erfinv

        down, across = np.gradient(z)
        slope = np.hypot(down, across) * fx / z
        grazing = np.clip((slope - np.tan(np.radians(60.0))) / 4.0, 0.0, 0.5)
        blotches = gaussian_filter(rng.standard_normal(z.shape), 1.0)
        level = blotches / max(float(blotches.std()), 1e-12)
        share = np.clip(self.dropout + grazing, 0.0, 1.0)
        return level > np.sqrt(2.0) * erfinv(1.0 - 2.0 * share)
