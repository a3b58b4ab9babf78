"""What the program does: stores and accesses, outbound calls, sinks, settings, and who reaches them."""
