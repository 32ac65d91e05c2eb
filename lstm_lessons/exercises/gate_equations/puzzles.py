"""Five programs for a cell: a latch, a counter, an average, the first input, a toggle.

A program is judged by what the cell *does* with it on random sequences, so any weights that behave rightly pass. What
is observed is coarse, on purpose: ``"+"``, ``"-"`` or ``"0"`` instead of 0.7616. Then a mistake is recognized with
other weights than those written here, too.
"""

import math
import operator
from collections.abc import Callable

import numpy as np

from lstm_lessons.exercises._engine import Exercise, Mistake
from lstm_lessons.exercises.gate_equations._programs import (
    ON_OR_OFF,
    SIGNED,
    Case,
    Program,
    averages,
    cell_state,
    form_of_program,
    signs,
    source_of_program,
    switch,
)

STEPS = 24
COUNTER_STEPS = 16  # a gate that is open to 0.5 % may leak this long
COUNT_WITHIN, AVERAGE_WITHIN = 0.25, 0.03  # how far c may be off
OPEN, CLOSED = 10, -10


def _mistakes(right: Program, **wrong: tuple[Program, str]) -> list[Mistake]:
    """Mistakes by name: the gates that differ from the right program, and what to say of it."""
    return [Mistake(name, right | gates, text) for name, (gates, text) in wrong.items()]


def _within(tolerance: float) -> Callable[[list[float], list[float]], bool]:
    def agree(expected: list[float], got: list[float]) -> bool:
        return all(abs(a - b) <= tolerance for a, b in zip(expected, got, strict=True))

    return agree


LATCH = {"i": [0, 20, 0, -10], "f": [0, -20, 0, 10], "g": [10, 0, 0, 0], "o": [0, 0, 0, 10]}


def _latch_cases(rng: np.random.Generator) -> list[Case]:
    """``data`` is +1 or -1 at every step, ``write`` is 1 at some; two in a row at times."""
    cases = []
    for chance in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.15, 0.25, 0.35, 0.5):
        write = (rng.random(STEPS) < chance).astype(int)
        write[:2] = 0  # nothing is stored at first
        write[3] = 1
        data = rng.choice([-1, 1], STEPS)
        cases.append({"data": data.tolist(), "write": write.tolist()})
    cases[0]["write"][4:] = [0] * (STEPS - 4)  # a long wait
    return cases


def _latched(case: Case) -> str:
    stored, signs = "0", ""
    for data, write in zip(case["data"], case["write"], strict=True):
        stored = ("+" if data > 0 else "-") if write else stored
        signs += stored
    return signs


latch = Exercise(
    name="latch",
    title="Puzzle 1: a latch",
    minutes=6,
    reference=LATCH,
    solution_source=source_of_program("latch", ["data", "write", "h", "bias"], LATCH),
    cases=_latch_cases,
    run=signs,
    expected=_latched,
    agrees=operator.eq,
    form=form_of_program(["data", "write"]),
    describe_case=SIGNED,
    hints=[
        "Take one gate at a time, and say in words when it must be open. "
        "For f: always, except when something new is written.",
        "A gate that opens with `write`: weight 20 on `write`, bias -10. "
        "Then its sum is -10 or +10, and σ gives 0.00005 or 0.99995.",
        "i opens with `write`; f does the opposite; g is the data (weight 10 on `data`); o is always open (bias 10).",
    ],
    why="Writing is two moves at once: let the new value in, and let the old one go. "
    "Between the writes the cell does nothing, and that is what keeps the value.",
    mistakes=_mistakes(
        LATCH,
        forgets_at_once=(
            {"f": [0, 0, 0, CLOSED]},
            "The value is heard at the step of `write`, and gone one step later. Most likely your "
            "forget gate is closed while nothing is written. Remember that f = 1 *keeps*: its bias "
            "should be positive, so that it is open by default. (If f is right, then your output "
            "gate opens only with `write`; it should be open at every step.)",
        ),
        forgets_half=(
            {"f": [0, CLOSED, 0, 0]},
            "The value fades: each step halves it. A sum of 0 does not open a gate, it half opens "
            "it: σ(0) = 0.5. Give the forget gate a positive bias.",
        ),
        input_gate_open=(
            {"i": [0, 0, 0, OPEN]},
            "Your input gate is open at every step, so the memory takes in data that nobody asked "
            "it to write. Let i depend on `write`, with a negative bias.",
        ),
        input_gate_half_open=(
            {"i": [0, OPEN, 0, 0]},
            "Your input gate is half open when `write` is 0: σ(0) = 0.5. Closed means a sum of "
            "-5 or less, so i needs a negative bias, and a weight on `write` that overcomes it.",
        ),
        never_erases=(
            {"f": [0, 0, 0, OPEN]},
            "Each write is *added* to what was there: +1, then -1, and the memory holds 0. "
            "Erase while you write: the forget gate must close when `write` is 1.",
        ),
        gates_too_soft=(
            {"i": [0, 2, 0, -1], "f": [0, -2, 0, 1]},
            "The idea is right, but your gates hardly move: σ(-1) = 0.27 and σ(1) = 0.73. A gate is closed from about "
            "-5 downwards and open from 5 upwards, so use larger weights, such as 20 and -10.",
        ),
        input_and_forget_swapped=(
            {"i": LATCH["f"], "f": LATCH["i"]},
            "You swapped the rows of i and f. The input gate *opens* with `write`; the forget gate *closes* with it.",
        ),
        forget_gate_upside_down=(
            {"f": [0, 20, 0, -10]},
            "Your forget gate is upside down: it opens with `write` and is closed otherwise. "
            "f = 1 keeps, f = 0 erases. Turn the signs of its weight and its bias.",
        ),
        input_gate_upside_down=(
            {"i": [0, -20, 0, 10]},
            "Your input gate is upside down: it is open except when `write` is 1. "
            "Turn the signs of its weight and its bias.",
        ),
        silent=(
            {"o": [0, 0, 0, CLOSED]},
            "Your h stays near 0 at every step. Either the output gate is closed: it needs a positive bias. Or "
            "nothing is ever written: i must open with `write`, and g must carry the data.",
        ),
        writes_a_constant=(
            {"g": [0, 0, 0, OPEN]},
            "You write at the right steps, but always +1: the candidate g does not look at `data`. "
            "Give g a weight on `data`, and no bias.",
        ),
        sign_turned=({"g": [-10, 0, 0, 0]}, "All is right but the sign: your candidate g is -1 where `data` is +1."),
    ),
)


COUNTER = {"i": [20, 0, 0, -10], "f": [0, -20, 0, 10], "g": [0, 0, 0, 10], "o": [0, 0, 0, 10]}


def _counter_cases(rng: np.random.Generator) -> list[Case]:
    """``tick`` and ``reset`` are 0 or 1, never both 1."""
    cases = []
    for chance in (0.3, 0.4, 0.5, 0.6, 0.3, 0.4, 0.5, 0.6):
        reset = (rng.random(COUNTER_STEPS) < 0.12).astype(int)
        reset[:3] = 0
        reset[rng.integers(6, COUNTER_STEPS - 3)] = 1
        tick = (rng.random(COUNTER_STEPS) < chance).astype(int) * (1 - reset)
        tick[rng.integers(0, 3)] = 1
        cases.append({"tick": tick.tolist(), "reset": reset.tolist()})
    return cases


def _counted(case: Case) -> list[float]:
    count, counts = 0, []
    for tick, reset in zip(case["tick"], case["reset"], strict=True):
        count = 0 if reset else count + tick
        counts.append(count)
    return counts


counter = Exercise(
    name="counter",
    title="Puzzle 2: a counter with reset",
    minutes=4,
    reference=COUNTER,
    solution_source=source_of_program("counter", ["tick", "reset", "h", "bias"], COUNTER),
    cases=_counter_cases,
    run=cell_state,
    expected=_counted,
    agrees=_within(COUNT_WITHIN),
    form=form_of_program(["tick", "reset"]),
    hints=[
        "What must stay open while nothing happens, so that the count is kept? What must open only at a tick?",
        "One tick must add i · g = 1. Let g be 1 at every step, and let i decide. "
        "tanh(1) is only 0.76, so g needs a larger bias.",
        "i opens with `tick`, f closes with `reset`, g has bias 10. "
        "The output gate plays no part here: the count is read from c.",
    ],
    why="It is nearly the latch. There a write closes the forget gate, here a reset does; "
    "so writes add up. Note that h could not show the count: tanh(3) = 0.995, tanh(4) = 0.999.",
    mistakes=_mistakes(
        COUNTER,
        counts_every_step=(
            {"i": [0, 0, 0, OPEN]},
            "It counts every step, tick or not: your input gate is always open. "
            "Let i depend on `tick`, with a negative bias.",
        ),
        counts_halves=(
            {"i": [OPEN, 0, 0, 0]},
            "It adds about 0.5 at each step without a tick: with a sum of 0 the input gate is half "
            "open, σ(0) = 0.5. It needs a negative bias, and a weight on `tick` to overcome it.",
        ),
        never_resets=(
            {"f": [0, 0, 0, OPEN]},
            "It counts well, and never starts again: your forget gate stays open at a reset. "
            "Give f a large negative weight on `reset`.",
        ),
        forgets_at_once=(
            {"f": [0, -20, 0, -10]},
            "It never gets beyond 1: your forget gate is closed, so each step starts from nothing. "
            "f = 1 keeps: give it a positive bias.",
        ),
        forgets_half=(
            {"f": [0, -20, 0, 0]},
            "The count halves at each step: with a sum of 0 your forget gate is half open, "
            "σ(0) = 0.5. Give it a positive bias.",
        ),
        small_steps=(
            {"g": [0, 0, 0, 1]},
            "Each tick adds 0.76, not 1: the candidate passes a tanh, and tanh(1) = 0.76. "
            "Give g a larger bias, so that the tanh comes close to 1.",
        ),
        reset_takes_one_away=(
            {"i": [20, 20, 0, -10], "f": [0, 0, 0, OPEN], "g": [10, -10, 0, 0], "o": [0, 0, 0, OPEN]},
            "Your reset takes 1 away. It should bring any count back to 0, and only one of the "
            "gates can do this: a multiplication by f = 0.",
        ),
        reset_counts_as_a_tick=(
            {"i": [20, 20, 0, -10]},
            "After a reset the count is 1, not 0: your input gate opens at a reset too and writes. "
            "Take the weight on `reset` out of i.",
        ),
        input_and_forget_swapped=(
            {"i": COUNTER["f"], "f": COUNTER["i"]},
            "You swapped the rows of i and f. The input gate opens with `tick`; the forget gate closes with `reset`.",
        ),
        inputs_swapped=(
            {"i": [0, 20, 0, -10], "f": [-20, 0, 0, 10]},
            "It counts the resets, and a tick sets it back: you swapped the columns of `tick` and `reset`.",
        ),
        counts_down=({"g": [0, 0, 0, -10]}, "It counts downwards: your candidate g is -1. Turn its sign."),
        never_writes=(
            {"i": [0, 0, 0, CLOSED]},
            "The count stays at 0. Either the input gate never opens: its sum should be 5 or more "
            "at a tick. Or the candidate g is 0: give it a bias.",
        ),
    ),
)


KEEP = 0.9
LOGIT_KEEP = round(math.log(KEEP / (1 - KEEP)), 3)  # 2.197

LEAKY_AVERAGE = {"i": [0, 0, OPEN], "f": [0, 0, LOGIT_KEEP], "g": [0.1, 0, 0], "o": [0, 0, OPEN]}
LOOK_AT = (1, 2, 5, 10, 20, 40)
ALIKE = (0.02, 0.1)  # how far the average of a known mistake may be off: in all, and as a share of its largest value


def _average_cases(rng: np.random.Generator) -> list[Case]:
    """Values in [-1, 1]: a constant, a jump, and random runs of random length."""
    cases = [{"x": [1.0] * 40}, {"x": [0.5] * 5 + [0.0] * 35}, {"x": [-1.0] * 10 + [0.4] * 30}]
    for _ in range(5):
        levels = rng.uniform(-1, 1, 8).round(2)
        cases.append({"x": np.repeat(levels, 5).tolist()})
    return cases


def _averaged(case: Case) -> list[float]:
    wanted = averages(case["x"], KEEP)
    return [round(wanted[step - 1], 2) for step in LOOK_AT]


def _average_read(program: Program, case: Case) -> list[float]:
    c = cell_state(program, case)
    return [c[step - 1] for step in LOOK_AT]


def _describe_average(case: Case) -> str:
    x = ", ".join(f"{value:g}" for value in case["x"][:12])
    return f"x = {x}, …\n(c after {', '.join(map(str, LOOK_AT))} steps)"


def _about_as(of_mistake: list[float], got: list[float]) -> bool:
    """Alike up to a tenth of the largest value: the same mistake with other weights."""
    room = ALIKE[0] + ALIKE[1] * max(map(abs, of_mistake))
    return all(abs(a - b) <= room for a, b in zip(of_mistake, got, strict=True))


leaky_average = Exercise(
    name="leaky_average",
    title="Puzzle 3: a leaky average",
    difficulty=2,
    minutes=6,
    reference=LEAKY_AVERAGE,
    solution_source=source_of_program("leaky_average", ["x", "h", "bias"], LEAKY_AVERAGE),
    cases=_average_cases,
    run=_average_read,
    expected=_averaged,
    agrees=_within(AVERAGE_WITHIN),
    matches=_about_as,
    form=form_of_program(["x"]),
    describe_case=_describe_average,
    hints=[
        "No gate moves here: all weights of i, f and o on x and h are 0. "
        "Only the biases, and the weight of g on x, matter.",
        "f must be 0.9 at every step. Which z gives σ(z) = 0.9? Solve 1 / (1 + exp(-z)) = 0.9: z = log(0.9 / 0.1).",
        "One step must add i · g ≈ 0.1 x. tanh is straight near 0 only, so let g be small: "
        "weight 0.1 on x, and i wide open.",
    ],
    why="The forget gate sets how far back the average reaches: about 1 / (1 - f) = 10 steps.",
    mistakes=_mistakes(
        LEAKY_AVERAGE,
        gate_values_as_biases=(
            {"i": [0, 0, 0.1], "f": [0, 0, 0.9], "g": [1, 0, 0], "o": [0, 0, OPEN]},
            "You gave the values of the gates as their biases. A bias passes a sigmoid: "
            "σ(0.9) = 0.71 and σ(0.1) = 0.52. Which z has σ(z) = 0.9?",
        ),
        only_forget_bias_as_value=(
            {"f": [0, 0, KEEP]},
            "Your memory fades too fast: you gave f the bias 0.9, and σ(0.9) is 0.71. Which z has σ(z) = 0.9?",
        ),
        candidate_bends=(
            {"i": [0, 0, -LOGIT_KEEP], "f": [0, 0, LOGIT_KEEP], "g": [1, 0, 0], "o": [0, 0, OPEN]},
            "Very near: i = 0.1 and f = 0.9 are right. But g = tanh(x) bends, tanh(1) = 0.76, so large inputs count "
            "too little. tanh is straight near 0: give g a weight of 0.1, and open the input gate instead.",
        ),
        ten_times_too_large=(
            {"g": [1, 0, 0]},
            "Far too large: each step adds all of tanh(x), and the memory sums up about ten of "
            "them. A step should add 0.1 x.",
        ),
        half_as_large=(
            {"i": [0, 0, 0]},
            "The average comes out half as large as it should: with bias 0 the input gate is half "
            "open, σ(0) = 0.5. Open it, or double the weight of g.",
        ),
        never_forgets=(
            {"f": [0, 0, OPEN]},
            "This is a sum: nothing leaks. With bias 10 the forget gate is 1; it should be 0.9.",
        ),
        forgets_at_once=(
            {"f": [0, 0, CLOSED]},
            "Nothing is kept: you see 0.1 times the present input. f should be 0.9, and a "
            "negative bias gives less than 0.5.",
        ),
        forgets_half=({"f": [0, 0, 0]}, "Your memory halves at each step: a forget gate with bias 0 is 0.5, not 0.9."),
        input_and_forget_swapped=(
            {"i": [0, 0, LOGIT_KEEP], "f": [0, 0, -LOGIT_KEEP], "g": [1, 0, 0], "o": [0, 0, OPEN]},
            "You swapped i and f: the old average should count 0.9 and the new value 0.1.",
        ),
        writes_a_constant=(
            {"g": [0, 0, 0.1]},
            "The average does not look at x: it goes to 1 by itself. Give g its weight on x, and no bias.",
        ),
        writes_nothing=(
            {"i": [0, 0, CLOSED]},
            "c stays at 0. Either the input gate is closed, or g does not look at x.",
        ),
    ),
)


_STARTED = [0, 0, 0, 10]  # the second unit: 0 before the first step, positive ever after
FIRST_INPUT = {
    "i": [[0, 0, -20, 10], _STARTED],
    "f": [[0, 0, 0, 10], _STARTED],
    "g": [[10, 0, 0, 0], _STARTED],
    "o": [[0, 0, 0, 10], _STARTED],
}


def _first_input(**rows: list) -> Program:
    """The right program with other rows for the first unit."""
    return {gate: [rows.get(gate, FIRST_INPUT[gate][0]), _STARTED] for gate in "ifgo"}


def _first_cases(rng: np.random.Generator) -> list[Case]:
    """``x`` is +1 or -1 at every step."""
    cases = [{"x": rng.choice([-1, 1], STEPS).tolist()} for _ in range(8)]
    for case, first in zip(cases, [1, -1] * 4, strict=True):
        case["x"][0] = first
    cases[0]["x"][1:7] = [-1] * 6
    cases[1]["x"][1:7] = [1] * 6
    return cases


first_input = Exercise(
    name="first_input",
    title="Puzzle 4: remember the first input",
    difficulty=2,
    minutes=6,
    reference=FIRST_INPUT,
    solution_source=source_of_program("first_input", ["x", "h_a", "h_b", "bias"], FIRST_INPUT),
    cases=_first_cases,
    run=signs,
    expected=lambda case: ("+" if case["x"][0] > 0 else "-") * len(case["x"]),
    agrees=operator.eq,
    form=form_of_program(["x"]),
    describe_case=SIGNED,
    hints=[
        "Only one gate of unit a has to tell the first step from the others. Which one?",
        "At the first step h_b is 0, later it is 0.76 or more. "
        "So a gate with bias 10 and weight -20 on h_b is open once.",
        "i: bias 10, weight -20 on h_b. f: always open. g: weight 10 on x. o: always open.",
    ],
    why="There is a way with one unit as well: let g look at its own h, with a weight that is "
    "larger than that of x. Then the first input decides, and the unit keeps shouting it.",
    mistakes=_mistakes(
        FIRST_INPUT,
        input_gate_open=(
            _first_input(i=[0, 0, 0, OPEN]),
            "Your unit takes in every input and adds them all up: the input gate never closes. Let it close, with a "
            "sum of -5 or less, as soon as h_b is no longer 0. (A sum of 0 leaves it half open.)",
        ),
        input_gate_not_quite_closed=(
            _first_input(i=[0, 0, -10, 10]),
            "Later inputs come in: after the first step your input gate is not quite closed. h_b is 0.76 at the second "
            "step, so 0.76 times its weight, plus the bias, should be -5 or less.",
        ),
        watches_itself=(
            _first_input(i=[0, -20, 0, 10]),
            "Your input gate looks at h_a. That closes it after a first +1, but after a first -1 "
            "it opens even wider. Unit b is there for this: h_b is positive whatever x was.",
        ),
        starts_too_late=(
            _first_input(i=[0, 0, 20, -10]),
            "Your input gate is closed at the first step, and open ever after. Turn the signs of "
            "its weight on h_b and its bias.",
        ),
        forgets_at_once=(
            _first_input(f=[0, 0, 0, CLOSED]),
            "The first input is heard once, and gone at the second step: your forget gate is "
            "closed. It should be open at every step.",
        ),
        forgets_half=(
            _first_input(f=[0, 0, 0, 0]),
            "The first input fades: with a sum of 0 your forget gate is 0.5, and each step "
            "halves what is there. Give it a positive bias.",
        ),
        echoes=(
            _first_input(i=[0, 0, 0, OPEN], f=[0, 0, 0, CLOSED]),
            "Your unit repeats the present input. Two things are missing: keep what is there "
            "(open f), and stop writing after the first step (close i).",
        ),
        writes_a_constant=(
            _first_input(g=[0, 0, 0, OPEN]),
            "Your unit remembers +1, whatever came first: g does not look at x. Give it a weight on x, and no bias.",
        ),
        sign_turned=(
            _first_input(g=[-10, 0, 0, 0]),
            "All is right but the sign: your candidate g is -1 where x is +1.",
        ),
        silent=(
            _first_input(o=[0, 0, 0, CLOSED]),
            "h stays near 0. Either the output gate is closed, or nothing is ever written: i must "
            "be open at the first step, and g must look at x.",
        ),
    ),
)


TOGGLE = {"i": [20, -20, -10], "f": [-20, 0, 10], "g": [0, 0, 10], "o": [0, 0, 10]}


def _toggle_cases(rng: np.random.Generator) -> list[Case]:
    """``pulse`` is 0 or 1: single pulses, and several in a row."""
    cases = []
    for chance in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.2, 0.3):
        pulse = (rng.random(STEPS) < chance).astype(int)
        pulse[0] = 0
        pulse[[2, 7]] = 1
        cases.append({"pulse": pulse.tolist()})
    cases[1]["pulse"][2:7] = [1, 1, 1, 0, 0]
    return cases


toggle = Exercise(
    name="toggle",
    title="Puzzle 5: a toggle",
    difficulty=3,
    minutes=8,
    reference=TOGGLE,
    solution_source=source_of_program("toggle", ["pulse", "h", "bias"], TOGGLE),
    cases=_toggle_cases,
    run=switch,
    expected=lambda case: "".join(str(count % 2) for count in np.cumsum(case["pulse"])),
    agrees=operator.eq,
    form=form_of_program(["pulse"]),
    describe_case=ON_OR_OFF,
    hints=[
        "Four situations: pulse or no pulse, on or off. h_{t-1} tells you whether it is on "
        "(about 0.76) or off (about 0). Write down what i and f should be in each.",
        "No pulse: keep (f open, i closed). Pulse and off: write. Pulse and on: erase, and do not "
        "write. f needs to look at the pulse only.",
        "i must open if there is a pulse *and* it is off: weight 20 on the pulse, -20 on h, bias "
        "-10. Check the four sums: -10, -25, +10 and -5.",
    ],
    why="A toggle is an exclusive or of pulse and state. A single gate cannot compute one, two "
    "gates that are multiplied can.",
    mistakes=_mistakes(
        TOGGLE,
        never_goes_off=(
            {"i": [20, 0, -10]},
            "The first pulse turns it on, and nothing turns it off. At a pulse, when it is on already, f must erase "
            "(be closed) and i must not write again. Does i look at h at all, and strongly enough? h is about 0.76 "
            "when it is on: the weight on the pulse, plus 0.76 times that on h, plus the bias, should be -5 or less.",
        ),
        on_during_the_pulse=(
            {"f": [-20, 0, -10]},
            "It is on at the step of a pulse, and goes off by itself one step later: your forget gate closes where it "
            "should keep. It must close because there is a *pulse*, not because h is high, and be open otherwise (a "
            "positive bias). If f is right, then look at o: it should be open at every step.",
        ),
        ignores_the_pulse=(
            {"i": [0, -20, 10], "f": [0, 0, CLOSED]},
            "It flips at every step, pulse or not. Without a pulse nothing should change: i closed and f open.",
        ),
        fades=(
            {"f": [CLOSED, 0, 0]},
            "It goes on, and fades: with a sum of 0 your forget gate is half open, so each step "
            "without a pulse halves the memory. Give f a positive bias.",
        ),
        half_open_without_pulse=(
            {"i": [20, -20, 0]},
            "It comes on without a pulse: your input gate is open, or half open (σ(0) = 0.5), while nothing happens. "
            "It needs a negative bias, so that only a pulse opens it.",
        ),
        never_goes_on=(
            {"i": [0, 0, CLOSED]},
            "It never goes on. Three places to look at: is o open? Does i open at a pulse? Is g "
            "positive while h is 0? If g looks at h alone, then g = tanh(0) = 0 at the start, and "
            "there is nothing to write: give it a positive bias.",
        ),
    ),
)
