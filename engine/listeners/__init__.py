"""Listeners: sockets that take messages in; they frame and answer, and decide nothing."""
