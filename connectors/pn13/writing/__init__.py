"""Elements that leave."""
