"""One folder a format; `registry` finds them. No format knows another."""
