"""The dropout explorer: its class, its browser module and its styles."""
