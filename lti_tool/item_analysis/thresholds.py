"""From where on something is said. Shares are in [0, 1], numbers are people."""

# Smaller groups are not split out: a figure about four people is a figure about persons.
FEWEST = 5
# Fewer people say nothing about a question, and so nothing is advised.
ENOUGH = 20
# A correlation of 30 pairs still has a standard error of 0.18; of fewer it is no figure at all.
ENOUGH_TO_DISCRIMINATE = 30

# Ebel & Frisbie, Essentials of Educational Measurement, 5th ed. 1991, p. 232: 0.40 and up very good, 0.30 good,
# 0.20 marginal, below poor.
VERY_GOOD, GOOD, FAIR = 0.4, 0.3, 0.2
HARDLY = 0.1

EASY = 0.95
HARD = 0.3
UNANSWERED = 0.05
STILL_WRONG = 0.5
# A wrong option that fewer choose does not function: Tarrant, Ware & Mohammed 2009,
# https://doi.org/10.1186/1472-6920-9-40
UNBELIEVED = 0.05
# Where all wrong options were chosen alike each would need so many people, lest chance alone leave one out.
EXPECTED = 5
RIVAL = 0.8
STRONGER = 10
SLOW = 3.0

# Downing 2004, https://doi.org/10.1111/j.1365-2929.2004.01932.x: 0.70 to 0.79 does for a test of a course.
RELIABLE, RELIABLE_ENOUGH, UNRELIABLE = 0.8, 0.7, 0.5
