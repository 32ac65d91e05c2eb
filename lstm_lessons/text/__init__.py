"""Text, letter by letter: numbers for letters, a classifier, and how it is shipped."""
