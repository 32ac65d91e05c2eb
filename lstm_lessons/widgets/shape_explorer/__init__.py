"""The shape explorer: its class, its browser modules, its picture and its styles."""
