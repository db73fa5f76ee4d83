"""The keypoints, their order, and what is left and right."""

NAMES = ["nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
         "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
         "right_ankle", "neck", "head_top"]
"""COCO's 17 in its order, then the two that only the Leeds data names. Left and right are the person's."""

COUNT = len(NAMES)
FACE = list(range(5))
UPPER = list(range(11)) + [17, 18]
MIRRORED = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15, 17, 18]
"""Which keypoint each becomes in the mirror."""

LEEDS = [16, 14, 12, 11, 13, 15, 10, 8, 6, 5, 7, 9, 17, 18]
"""Our number of each of the 14 joints in the order of the Leeds Sports Pose data (Johnson and Everingham, 2011)."""

TORSO = (11, 6)
"""Left hip and right shoulder: their distance is the measure of PCK on the Leeds data."""
