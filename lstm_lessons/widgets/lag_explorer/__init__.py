"""The lag explorer: its class, its browser module and its styles."""
