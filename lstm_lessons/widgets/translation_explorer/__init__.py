"""The translation explorer: its class, its browser modules and its styles."""
