"""Things by any name: a detector, a segmenter, patch features, a picture-text model, and the geometry.

Needs the extra ``[perception]`` and weights on this machine; see ``docs/perception_open_vocabulary.md``.
"""
