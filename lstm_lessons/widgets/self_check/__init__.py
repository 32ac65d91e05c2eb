"""The self-check: its class, its browser module, its styles and its still picture."""
