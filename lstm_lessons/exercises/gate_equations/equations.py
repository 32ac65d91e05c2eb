"""One step by hand, how far a gradient travels, and how many weights a layer has."""

import math

from lstm_lessons.exercises._engine import exercise


def sigmoid(z: float) -> float:
    """σ(z) = 1 / (1 + exp(-z)), in (0, 1)."""
    return 1 / (1 + math.exp(-z))


@exercise(
    title="One step of one unit",
    minutes=4,
    given={"sigmoid": sigmoid},
    cases=lambda rng: [tuple(rng.normal(0, 1.5, 5).round(2).tolist()) for _ in range(20)],
    hints=[
        "Four lines follow the equations above: the three gates, the candidate, c, then h. "
        "`sigmoid` is defined two cells above, `math.tanh` comes with Python.",
        "`c = f * c + i * g`: keep a part of the old memory, and write a part of the candidate.",
        "`h = o * math.tanh(c)` with the *new* c. Return `h, c`, in this order.",
    ],
    errors={"name 'sigmoid' is not defined": "Run the cell above that defines `sigmoid` first."},
    why="Every LSTM in the world repeats these lines, for many units at once.",
)
def one_step(z_i, z_f, z_g, z_o, c):
    """Return (h_t, c_t) of one unit, from its four sums and its old cell state."""
    i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o)
    g = math.tanh(z_g)
    c = f * c + i * g
    h = o * math.tanh(c)
    return h, c


@one_step.mistake
def output_gate_on_the_memory(z_i, z_f, z_g, z_o, c):
    """Your output gate changes the memory itself. It should only decide what is *read* from it: `c = f * c + i * g`
    comes first and is kept as it is; then `h = o * math.tanh(c)`. The bug clinic below shows what goes wrong otherwise.
    """
    c = sigmoid(z_o) * math.tanh(sigmoid(z_f) * c + sigmoid(z_i) * math.tanh(z_g))
    return c, c


@one_step.mistake
def no_tanh_on_reading(z_i, z_f, z_g, z_o, c):
    """Your c is right. On the way out it passes a tanh, so that h stays between -1 and 1 however
    large c is: `h = o * math.tanh(c)`.
    """
    c = sigmoid(z_f) * c + sigmoid(z_i) * math.tanh(z_g)
    return sigmoid(z_o) * c, c


@one_step.mistake
def no_output_gate(z_i, z_f, z_g, z_o, c):
    """Your c is right. h shows a part of it, and the output gate o says how much: multiply by it."""
    c = one_step(z_i, z_f, z_g, z_o, c)[1]
    return math.tanh(c), c


@one_step.mistake
def tanh_around_the_gate(z_i, z_f, z_g, z_o, c):
    """Your c is right. The tanh is around c alone, and the gate multiplies what comes out: first tanh, then o."""
    c = one_step(z_i, z_f, z_g, z_o, c)[1]
    return math.tanh(sigmoid(z_o) * c), c


@one_step.mistake
def tanh_in_the_memory(z_i, z_f, z_g, z_o, c):
    """Your h is right, but you keep tanh(c) as the memory. The tanh is for reading alone; c itself has no bounds."""
    h, c = one_step(z_i, z_f, z_g, z_o, c)
    return h, math.tanh(c)


@one_step.mistake
def returns_the_old_memory(z_i, z_f, z_g, z_o, c):
    """Your h is right, and beside it stands the *old* c. Return the new one."""
    return one_step(z_i, z_f, z_g, z_o, c)[0], c


@one_step.mistake
def forget_gate_upside_down(z_i, z_f, z_g, z_o, c):
    """Your forget gate is upside down: f says how much of the old c is *kept*. Multiply by f, not by 1 - f."""
    return one_step(z_i, -z_f, z_g, z_o, c)  # 1 - σ(z) = σ(-z)


@one_step.mistake
def reads_the_old_memory(z_i, z_f, z_g, z_o, c):
    """Your c is right, but h was read from the old memory. The new c is read: compute c first, then h from it."""
    return sigmoid(z_o) * math.tanh(c), sigmoid(z_f) * c + sigmoid(z_i) * math.tanh(z_g)


@one_step.mistake
def sigmoid_for_the_candidate(z_i, z_f, z_g, z_o, c):
    """You used a sigmoid for g. The candidate is what is written, not a switch: it needs a sign, so it passes a
    tanh.
    """
    c = sigmoid(z_f) * c + sigmoid(z_i) * sigmoid(z_g)
    return sigmoid(z_o) * math.tanh(c), c


@one_step.mistake
def candidate_not_squashed(z_i, z_f, z_g, z_o, c):
    """You wrote the sum `z_g` itself into the memory. The candidate is its tanh: `g = math.tanh(z_g)`."""
    c = sigmoid(z_f) * c + sigmoid(z_i) * z_g
    return sigmoid(z_o) * math.tanh(c), c


@one_step.mistake
def tanh_for_the_gates(z_i, z_f, z_g, z_o, c):
    """You used tanh for the gates as well. A gate says how much passes, from 0 to 1: i, f and o need `sigmoid`. Only g
    and the reading of c use tanh.
    """
    c = math.tanh(z_f) * c + math.tanh(z_i) * math.tanh(z_g)
    return math.tanh(z_o) * math.tanh(c), c


@one_step.mistake
def forgot_the_activations(z_i, z_f, z_g, z_o, c):
    """You used the sums z as if they were the gates. Each passes its curve first: `i = sigmoid(z_i)`, and so on, with
    `math.tanh` for g.
    """
    c = z_f * c + z_i * z_g
    return z_o * math.tanh(c), c


@one_step.mistake
def keep_and_write_swapped(z_i, z_f, z_g, z_o, c):
    """You swapped i and f. The forget gate f multiplies the *old* c, the input gate i multiplies the candidate g."""
    return one_step(z_f, z_i, z_g, z_o, c)


@one_step.mistake
def candidate_and_output_swapped(z_i, z_f, z_g, z_o, c):
    """You swapped z_g and z_o. The order is i, f, g, o: the candidate comes third."""
    return one_step(z_i, z_f, z_o, z_g, c)


@one_step.mistake
def c_before_h(z_i, z_f, z_g, z_o, c):
    """Both numbers are right, but in the wrong order. PyTorch's cell returns `(h, c)`; so should you."""
    return one_step(z_i, z_f, z_g, z_o, c)[::-1]


@one_step.mistake
def coupled_gates(z_i, z_f, z_g, z_o, c):
    """You wrote with 1 - f. Such cells exist (coupled gates), but in the LSTM the input gate is
    separate: it can keep the old value *and* write a new one. Use `i * g`.
    """
    return one_step(-z_f, z_f, z_g, z_o, c)  # 1 - σ(z) = σ(-z)


@one_step.mistake
def no_input_gate(z_i, z_f, z_g, z_o, c):
    """You wrote all of the candidate. The input gate says how much of it is written: `i * g`."""
    return one_step(math.inf, z_f, z_g, z_o, c)


@one_step.mistake
def no_forget_gate(z_i, z_f, z_g, z_o, c):
    """You kept all of the old c, so nothing is ever forgotten. The forget gate says how much of it is kept: `f * c`."""
    return one_step(z_i, math.inf, z_g, z_o, c)


@one_step.mistake
def sigmoid_on_reading(z_i, z_f, z_g, z_o, c):
    """Your c is right, but you read it through a sigmoid. It takes a tanh, so that h can be negative."""
    _, c = one_step(z_i, z_f, z_g, z_o, c)
    return sigmoid(z_o) * sigmoid(c), c


@one_step.mistake
def tanh_for_the_output_gate(z_i, z_f, z_g, z_o, c):
    """You took tanh for the output gate, so it can be negative. The tanh in the equation for h is on c; o is a
    sigmoid.
    """
    _, c = one_step(z_i, z_f, z_g, z_o, c)
    return math.tanh(z_o) * math.tanh(c), c


@one_step.mistake
def tanh_twice(z_i, z_f, z_g, z_o, c):
    """You stored tanh(c) as the memory, then took the tanh of that for h. The memory is the plain sum, without
    a tanh.
    """
    c = math.tanh(one_step(z_i, z_f, z_g, z_o, c)[1])
    return sigmoid(z_o) * math.tanh(c), c


@one_step.mistake
def sums_for_gates(z_i, z_f, z_g, z_o, c):
    """Your g is right: the tanh of its sum. But i, f and o are still sums. A gate is the sigmoid of its sum."""
    c = z_f * c + z_i * math.tanh(z_g)
    return z_o * math.tanh(c), c


@one_step.mistake
def forgets_what_is_written(z_i, z_f, z_g, z_o, c):
    """You multiplied both parts by the forget gate. It acts on the old c only; what is written is added as it is."""
    c = sigmoid(z_f) * (c + sigmoid(z_i) * math.tanh(z_g))
    return sigmoid(z_o) * math.tanh(c), c


@exercise(
    title="A forget bias for a given reach",
    difficulty=2,
    minutes=4,
    cases=[(steps,) for steps in (1, 2, 10, 50, 100, 1000)],
    atol=1e-3,  # what single precision leaves of 1 - f
    hints=[
        "First find f: f multiplied by itself `steps` times is 0.5.",
        "`f = 0.5 ** (1 / steps)`. Then find the bias whose sigmoid is f.",
        "σ(b) = f means b = log(f / (1 - f)).",
    ],
    errors={
        "ZeroDivisionError": "1 - f became 0. Did you round f, or use `1 // steps`?",
        "math domain error": "A logarithm takes numbers above 0 alone: f must lie between 0 and 1. Print f for each of "
        "the cases.",
    },
    why="Learning can do this: one number, the bias, sets the reach of a unit's memory.",
)
def half_life_bias(steps):
    """Return the forget bias with which f_1 · f_2 · … · f_steps = 1/2."""
    f = 0.5 ** (1 / steps)
    return math.log(f / (1 - f))


@half_life_bias.mistake
def gate_for_bias(steps):
    """This is the forget gate f itself, and it is right. You are asked for the bias that gives it: undo the sigmoid,
    that is, solve σ(b) = f for b.
    """
    return 0.5 ** (1 / steps)


@half_life_bias.mistake
def sign_turned(steps):
    """The sign is turned: a gate that keeps more than half needs a *positive* bias."""
    return -half_life_bias(steps)


@half_life_bias.mistake
def power_upside_down(steps):
    """You took f = 0.5 ** steps. That is what is left after `steps` steps with f = 0.5. You look for the f whose power,
    f ** steps, is 0.5.
    """
    return math.log(0.5**steps / (1 - 0.5**steps))


@half_life_bias.mistake
def straight_line(steps):
    """You took f = 1 - 0.5 / steps, as if the same amount were lost at each step. It is the same
    *fraction* each time: f multiplied by itself `steps` times is 0.5.
    """
    return math.log((1 - 0.5 / steps) / (0.5 / steps))


@half_life_bias.mistake
def only_the_log(steps):
    """This is log(f), which undoes an exponential. Undo the sigmoid: solve 1 / (1 + exp(-b)) = f for b."""
    return math.log(0.5 ** (1 / steps))


@half_life_bias.mistake
def sigmoid_for_logit(steps):
    """You put f through the sigmoid. It is the bias that goes through the sigmoid, and f that comes out: go back."""
    return sigmoid(0.5 ** (1 / steps))


@half_life_bias.mistake
def odds_without_log(steps):
    """Nearly: these are the odds, f against what it lacks to 1. The sigmoid has an exponential in it: take the log."""
    f = 0.5 ** (1 / steps)
    return f / (1 - f)


@half_life_bias.mistake
def for_one_step(steps):
    """A bias of 0 gives f = 0.5: half is left after *one* step, not after `steps`."""
    return 0.0


@half_life_bias.mistake
def rate_of_fading(steps):
    """This is the rate at which the memory fades: f is exp(-rate). Find f, then undo the sigmoid: solve σ(b) =
    f for b.
    """
    return math.log(2) / steps


@half_life_bias.mistake
def binary_logarithm(steps):
    """You took the logarithm to base 2. The sigmoid is made of powers of e, so the natural logarithm undoes it:
    `math.log`.
    """
    return half_life_bias(steps) / math.log(2)


@half_life_bias.mistake
def too_little_left(steps):
    """With this bias too little is left: after many steps 1/e = 0.37, not half. First find the f that leaves half after
    `steps` steps.
    """
    return math.log(steps)


half_life_bias.also(
    "too_little_left",
    lambda steps: -math.log(math.expm1(1 / steps)),  # f = exp(-1 / steps)
    lambda steps: math.log(steps - 1),  # f = 1 - 1 / steps
    lambda steps: math.log(steps - 1) if steps > 1 else -math.inf,
)


@exercise(
    title="How many weights has an LSTM layer?",
    minutes=3,
    cases=[(1, 1), (2, 2), (3, 5), (10, 20), (13, 64), (300, 512)],
    hints=[
        "Count one unit of one gate: how many inputs does its sum have, and how many biases?",
        "One sum has I + H weights and 2 biases. There are 4 gates with H units each.",
    ],
    why="The square of H is what makes large layers expensive.",
)
def parameter_count(input_size, hidden_size):
    """Return the number of weights and biases of nn.LSTM(input_size, hidden_size)."""
    return 4 * hidden_size * (input_size + hidden_size + 2)


@parameter_count.mistake
def biases_of_one_block(input_size, hidden_size):
    """You counted the biases of a single block. There are four blocks, and each sum has two: 2 · 4H."""
    return 4 * hidden_size * (input_size + hidden_size) + 2 * hidden_size


parameter_count.also("biases_of_one_block", lambda I, H: 4 * H * (I + H) + H)


@parameter_count.mistake
def one_bias(input_size, hidden_size):
    """You counted one bias. PyTorch has two, `b_ih` and `b_hh`, so each sum has two."""
    return 4 * hidden_size * (input_size + hidden_size + 1)


@parameter_count.mistake
def no_bias(input_size, hidden_size):
    """You left out the biases: two for each of the 4H sums."""
    return 4 * hidden_size * (input_size + hidden_size)


@parameter_count.mistake
def one_gate(input_size, hidden_size):
    """This is one gate (and a whole tanh-RNN). The LSTM has four such blocks: i, f, g, o."""
    return hidden_size * (input_size + hidden_size + 2)


@parameter_count.mistake
def three_gates(input_size, hidden_size):
    """You counted three blocks. The candidate g has weights of its own, so there are four. (Three is right for a
    GRU.)
    """
    return 3 * hidden_size * (input_size + hidden_size + 2)


@parameter_count.mistake
def bias_once_per_gate(input_size, hidden_size):
    """You counted two biases per gate. There are two per *unit* of each gate: 2 · 4H."""
    return 4 * (hidden_size * (input_size + hidden_size) + 2)


@parameter_count.mistake
def inputs_only(input_size, hidden_size):
    """You left out `W_hh`: each sum also reads all H hidden states."""
    return 4 * hidden_size * (input_size + 2)


@parameter_count.mistake
def one_unit(input_size, hidden_size):
    """That is for a single hidden unit. The layer has H of them: multiply by `hidden_size`."""
    return 4 * (input_size + hidden_size + 2)


@parameter_count.mistake
def sizes_multiplied(input_size, hidden_size):
    """You multiplied I by H. Each sum reads I inputs *and* H hidden states: add the two numbers."""
    return 4 * hidden_size * (input_size * hidden_size + 2)


@parameter_count.mistake
def hidden_states_alone(input_size, hidden_size):
    """You left out `W_ih`: each sum also reads all I inputs."""
    return 4 * hidden_size * (hidden_size + 2)


@parameter_count.mistake
def inputs_and_states_swapped(input_size, hidden_size):
    """You swapped I and H. Each matrix has 4H rows, one for each sum of each hidden unit."""
    return 4 * input_size * (input_size + hidden_size + 2)


@parameter_count.mistake
def a_linear_layer_on_top(input_size, hidden_size):
    """You counted an output layer. An LSTM layer has none: what it shows is h itself."""
    return parameter_count(input_size, hidden_size) + hidden_size * hidden_size + hidden_size
