"""What the widgets share: base, bundling, checks, SVG templates, weights, a network's numbers."""
