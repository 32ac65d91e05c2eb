"""The gradient explorer: its class, its browser module and its styles."""
