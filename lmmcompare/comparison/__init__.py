"""All models on the same rows, side by side, and the frames of their lines and of shrinkage."""
