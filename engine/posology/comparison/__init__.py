"""The sender's words against the structure: what they contradict, add, or leave unread."""
