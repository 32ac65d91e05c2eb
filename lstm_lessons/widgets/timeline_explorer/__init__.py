"""The timeline explorer: its class, its profile, its browser module and its styles."""
