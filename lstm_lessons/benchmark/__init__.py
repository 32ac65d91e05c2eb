"""How long an LSTM takes: fair timing, in one process and in several, and what was recorded."""
