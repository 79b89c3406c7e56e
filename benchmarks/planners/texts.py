"""The constraints of the seven problems as a model would write them, in ReKep's form."""

PARTS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "pen_grasp": (("pen.tip", "pen.grip", *(f"holder.p{i}" for i in range(5))), None),
    "pen_reorient": (("pen.tip", "pen.grip", *(f"holder.p{i}" for i in range(5))), "pen"),
    "pen_drop": (("pen.tip", "pen.grip", *(f"holder.p{i}" for i in range(5))), "pen"),
    "pour_align": (("pot.handle", "pot.spout", "pot.lid", "pot.foot", "cup.opening", "cup.foot"), "pot"),
    "pour_tilt": (("pot.handle", "pot.spout", "pot.lid", "pot.foot", "cup.opening", "cup.foot"), "pot"),
    "upright_carry": (
        ("mug.handle", "mug.rim", "mug.foot", "coaster.top", "wall.left", "wall.right"),
        "mug",
    ),
    "stack": (
        ("red.top", "red.edge_a", "red.edge_b", "red.foot", "blue.top", "blue.edge_a", "blue.edge_b"),
        "red",
    ),
}
"""Thing and part of each keypoint, and the thing that is held."""

_NONE = "grasp_keypoints = [-1]\nrelease_keypoints = [-1]\n"

TEXTS: dict[str, str] = {
    "pen_grasp": '''\
num_stages = 1

def stage1_subgoal_constraint1(end_effector, keypoints):
    """the end effector is at the pen's grip"""
    return np.linalg.norm(end_effector - keypoints[1])

grasp_keypoints = [1]
release_keypoints = [-1]
''',
    "pen_reorient": '''\
num_stages = 1

def stage1_subgoal_constraint1(end_effector, keypoints):
    """the pen is parallel to the vertical"""
    pen = keypoints[1] - keypoints[0]
    return np.linalg.norm(np.cross(pen, np.array([0, 0, 1])))

def stage1_path_constraint1(end_effector, keypoints):
    """still holding the pen"""
    return get_grasping_cost_by_keypoint_idx(1)

'''
    + _NONE,
    "pen_drop": '''\
num_stages = 1

def stage1_subgoal_constraint1(end_effector, keypoints):
    """the grip is 20 cm above the middle of the holder's opening"""
    opening = np.mean(keypoints[3:7], axis=0)
    return np.linalg.norm(keypoints[1] - (opening + np.array([0, 0, 0.2])))

def stage1_subgoal_constraint2(end_effector, keypoints):
    """the pen is parallel to the vertical"""
    pen = keypoints[1] - keypoints[0]
    return np.linalg.norm(np.cross(pen, np.array([0, 0, 1])))

def stage1_path_constraint1(end_effector, keypoints):
    """still holding the pen"""
    return get_grasping_cost_by_keypoint_idx(1)

'''
    + _NONE,
    "pour_align": '''\
num_stages = 1

def stage1_subgoal_constraint1(end_effector, keypoints):
    """the spout is 10 cm above the cup's opening"""
    return np.linalg.norm(keypoints[1] - (keypoints[4] + np.array([0, 0, 0.10])))

def stage1_path_constraint1(end_effector, keypoints):
    """still holding the pot"""
    return get_grasping_cost_by_keypoint_idx(0)

def stage1_path_constraint2(end_effector, keypoints):
    """the pot stays within 10 degrees of upright"""
    axis = keypoints[2] - keypoints[3]
    cosine = np.clip(axis[2] / np.linalg.norm(axis), -1, 1)
    return np.arccos(cosine) - np.deg2rad(10)

'''
    + _NONE,
    "pour_tilt": '''\
num_stages = 1

def tilt_of_pot(keypoints):
    axis = keypoints[2] - keypoints[3]
    return np.arccos(np.clip(axis[2] / np.linalg.norm(axis), -1, 1))

def stage1_subgoal_constraint1(end_effector, keypoints):
    """the spout is 5 cm above the cup's opening"""
    return np.linalg.norm(keypoints[1] - (keypoints[4] + np.array([0, 0, 0.05])))

def stage1_subgoal_constraint2(end_effector, keypoints):
    """the pot is tilted by at least 45 degrees"""
    return np.deg2rad(45) - tilt_of_pot(keypoints)

def stage1_subgoal_constraint3(end_effector, keypoints):
    """the spout is at least 2 cm lower than the lid"""
    return keypoints[1][2] - keypoints[2][2] + 0.02

def stage1_path_constraint1(end_effector, keypoints):
    """still holding the pot"""
    return get_grasping_cost_by_keypoint_idx(0)

def stage1_path_constraint2(end_effector, keypoints):
    """the spout stays within 3 cm of the cup's opening, seen from above"""
    return np.linalg.norm((keypoints[1] - keypoints[4])[:2]) - 0.03

'''
    + _NONE,
    "upright_carry": '''\
num_stages = 1

def stage1_subgoal_constraint1(end_effector, keypoints):
    """the foot is 3 cm above the coaster"""
    return np.linalg.norm(keypoints[2] - (keypoints[3] + np.array([0, 0, 0.03])))

def stage1_subgoal_constraint2(end_effector, keypoints):
    """the mug is parallel to the vertical"""
    axis = keypoints[1] - keypoints[2]
    axis = axis / np.linalg.norm(axis)
    return np.linalg.norm(np.cross(axis, np.array([0, 0, 1])))

def stage1_path_constraint1(end_effector, keypoints):
    """still holding the mug"""
    return get_grasping_cost_by_keypoint_idx(0)

def stage1_path_constraint2(end_effector, keypoints):
    """the mug stays within 10 degrees of upright"""
    axis = keypoints[1] - keypoints[2]
    cosine = np.clip(axis[2] / np.linalg.norm(axis), -1, 1)
    return np.arccos(cosine) - np.deg2rad(10)

'''
    + _NONE,
    "stack": '''\
num_stages = 1

def unit(v):
    return v / np.linalg.norm(v)

def stage1_subgoal_constraint1(end_effector, keypoints):
    """the red block's foot is 1 cm above the blue block's top"""
    return np.linalg.norm(keypoints[3] - (keypoints[4] + np.array([0, 0, 0.01])))

def stage1_subgoal_constraint2(end_effector, keypoints):
    """the edges are parallel"""
    red = unit(keypoints[1] - keypoints[2])
    blue = unit(keypoints[5] - keypoints[6])
    return np.linalg.norm(np.cross(red, blue))

def stage1_subgoal_constraint3(end_effector, keypoints):
    """the red block is parallel to the vertical"""
    return np.linalg.norm(np.cross(unit(keypoints[0] - keypoints[3]), np.array([0, 0, 1])))

def stage1_path_constraint1(end_effector, keypoints):
    """still holding the red block"""
    return get_grasping_cost_by_keypoint_idx(0)

'''
    + _NONE,
}
