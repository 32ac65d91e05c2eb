"""Exercises of lesson 13: returns, a fair yardstick, a strategy with costs, features of HAR, a loss, and coverage."""

from lstm_lessons.exercises.finance.prices import log_returns, skill, strategy
from lstm_lessons.exercises.finance.volatility import har_features, kupiec, qlike

__all__ = ["skill", "log_returns", "strategy", "har_features", "qlike", "kupiec"]
