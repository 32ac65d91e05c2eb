"""The quantization explorer: its class, its browser modules and its styles."""
