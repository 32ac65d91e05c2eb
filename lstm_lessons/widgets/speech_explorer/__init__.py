"""The speech explorer: its class, its browser modules and its styles."""
