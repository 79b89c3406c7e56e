"""The published field's keypoint problems, their baseline, and what is measured on them."""
