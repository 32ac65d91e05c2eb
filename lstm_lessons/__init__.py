"""The helper package of LSTM Lessons: what two lessons need, or what would bury a story.

Importing it imports nothing heavy; import the module that you need:
``from lstm_lessons import cell``.
"""

__version__ = "0.1.0"
