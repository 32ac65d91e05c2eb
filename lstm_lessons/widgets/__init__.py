"""Widgets that draw an LSTM and do its maths in the browser."""
