"""What the widgets share: their base, the bundling of their modules, a network's numbers."""
