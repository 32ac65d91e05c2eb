"""Answers that people type, lesson by lesson, each with what it is told.

``ANSWERS[exercise]`` lists pairs: what the check says, and the body of the function. A body of one line may leave out
its ``return``; where the exercise asks for a value it is that value, and ``right`` is ours. What the check says is
"correct", the name of a mistake, or, behind a "!", words of a verdict without a name.
"""
