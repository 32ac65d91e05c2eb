"""The gate explorer: its class, its browser module, its picture and its styles."""
