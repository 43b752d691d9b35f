"""HTTP: health, and messages in over the same door as every other transport."""
