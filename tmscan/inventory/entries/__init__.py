"""Ways in that are no routes: tasks, consumers, commands, sockets, deployed functions."""
