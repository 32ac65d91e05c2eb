"""The playground: its class, its tasks, its browser modules, presets and styles."""
