"""The writing explorer: its class, its browser modules and its styles."""
