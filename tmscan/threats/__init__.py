"""Rules, the STRIDE register and findings: what can go wrong, with the lines that show it."""
