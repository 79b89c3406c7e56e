"""Take one small picture without a display, in a process of its own: ``python -m handsel.cli.camera_check``.

A broken driver may end the whole process; the doctor then lives to tell it.
"""

import sys

import numpy as np
from pydrake.geometry import (
    Box,
    ClippingRange,
    ColorRenderCamera,
    DepthRange,
    DepthRenderCamera,
    GeometryInstance,
    MakePhongIllustrationProperties,
    MakeRenderEngineVtk,
    PerceptionProperties,
    RenderCameraCore,
    RenderEngineVtkParams,
    Rgba,
    SceneGraph,
)
from pydrake.math import RigidTransform
from pydrake.systems.framework import DiagramBuilder
from pydrake.systems.sensors import CameraInfo, RgbdSensor


def picture() -> np.ndarray:
    """Look at a red box from 1 m away.

    Returns:
        The picture, shape (32, 32, 4), uint8.
    """
    builder = DiagramBuilder()
    graph = builder.AddSystem(SceneGraph())
    graph.AddRenderer("check", MakeRenderEngineVtk(RenderEngineVtkParams()))
    source = graph.RegisterSource("check")
    box = GeometryInstance(RigidTransform([0.0, 0.0, 1.0]), Box(0.2, 0.2, 0.2), "box")
    properties = PerceptionProperties()
    properties.AddProperty("phong", "diffuse", Rgba(1, 0, 0, 1))
    box.set_perception_properties(properties)
    box.set_illustration_properties(MakePhongIllustrationProperties([1, 0, 0, 1]))
    graph.RegisterAnchoredGeometry(source, box)
    core = RenderCameraCore("check", CameraInfo(32, 32, 0.8), ClippingRange(0.05, 5.0), RigidTransform())
    sensor = builder.AddSystem(
        RgbdSensor(
            graph.world_frame_id(),
            RigidTransform(),
            ColorRenderCamera(core),
            DepthRenderCamera(core, DepthRange(0.1, 4.0)),
        )
    )
    builder.Connect(graph.get_query_output_port(), sensor.query_object_input_port())
    diagram = builder.Build()
    context = sensor.GetMyContextFromRoot(diagram.CreateDefaultContext())
    return sensor.color_image_output_port().Eval(context).data


def main() -> int:
    """Say whether the middle of the picture is red, as it must be."""
    middle = picture()[16, 16]
    if middle[0] > 60 and middle[1] < 60:
        print("a picture was rendered without a display")
        return 0
    print(f"the picture is wrong: its middle is {middle[:3].tolist()}, not red")
    return 1


if __name__ == "__main__":
    sys.exit(main())
