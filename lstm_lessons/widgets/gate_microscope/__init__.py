"""The gate microscope: its class, its browser module and its styles."""
