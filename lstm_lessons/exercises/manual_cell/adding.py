"""What always saying 1 is worth in the adding problem."""

from lstm_lessons.exercises._engine import Exercise, Mistake

baseline_mse = Exercise(
    name="baseline_mse",
    title="what always saying 1 is worth",
    minutes=3,
    reference=1 / 6,
    atol=4e-3,  # 0.17 is 1/6, rounded
    rtol=0,
    hints=[
        "The mean of the answer is 1. So the mean squared error of the guess 1 is a variance.",
        "The variance of a uniform number between 0 and 1 is 1/12. The two numbers are independent of each other.",
    ],
    why="The two variances add: 1/12 + 1/12. Whoever stays near 1/6 = 0.167 has learned the mean and nothing else.",
    mistakes=[
        Mistake(
            "one_number_only",
            1 / 12,
            "1/12 is the variance of *one* number between 0 and 1. The answer is a sum of two.",
        ),
        Mistake(
            "square_of_the_sum",
            7 / 6,
            "7/6 is the mean of the squared answer, which is the error of always saying 0. Here the guess is 1.",
        ),
        Mistake(
            "standard_deviation", (1 / 6) ** 0.5, "That is the root of the mean squared error. Leave the root out."
        ),
        Mistake(
            "spread_doubled",
            1 / 3,
            "Twice the number gives four times the variance, 4/12. But the answer is a sum of two "
            "*different* numbers, independent of each other: their variances add.",
        ),
        Mistake(
            "mean_distance", 1 / 4, "1/4 is a mean of distances, of one number from 1/2. Take squares, and two numbers."
        ),
        Mistake("no_error_at_all", 0, "The *mean* error is 0: too much and too little cancel. Take squares first."),
        Mistake("product_of_two", 1 / 144, "Variances of independent numbers add; you multiplied them."),
    ],
)
