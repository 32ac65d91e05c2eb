"""Speech as a sequence of words: a recognizer, the algorithms of CTC, error rates, and simple methods to compare."""
