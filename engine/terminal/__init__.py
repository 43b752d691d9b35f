"""What the commands of `cli.py` do: they call the pipeline and show what came of it."""
