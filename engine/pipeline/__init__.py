"""One function a step of the road, one transaction a call."""
