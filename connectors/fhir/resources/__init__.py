"""Each resource type that is read, as a value of ours."""
