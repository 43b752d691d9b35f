"""The encoding of pipes and hats: bytes to segments, nothing lost and nothing judged."""
