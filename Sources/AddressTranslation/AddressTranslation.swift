// Begun in the commits that follow.
