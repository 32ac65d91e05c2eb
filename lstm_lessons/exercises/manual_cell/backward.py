"""One step back: the gradients of a step, by hand.

Shapes: B sequences, H hidden units.
"""

import torch

from lstm_lessons.exercises._cases import in_order, random_tensor
from lstm_lessons.exercises._engine import exercise


def _back(dc, dh, i, f, g, o, c_old, c):
    """dz and dc_old from the whole gradient dc of the cell state, rightly computed."""
    dz_i, dz_f = dc * g * i * (1 - i), dc * c_old * f * (1 - f)
    dz_g, dz_o = dc * i * (1 - g**2), dh * torch.tanh(c) * o * (1 - o)
    return torch.cat([dz_i, dz_f, dz_g, dz_o], dim=-1), dc * f


def _passed_steps(rng):
    """(dh, dc, i, f, g, o, c_old, c) of steps that were computed forward, shape (B, H) each."""
    for batch, units in ((1, 1), (2, 5), (4, 2)):
        dh, dc, c_old = (random_tensor(rng, batch, units) for _ in range(3))
        i, f, o = (torch.sigmoid(random_tensor(rng, batch, units)) for _ in range(3))
        g = torch.tanh(random_tensor(rng, batch, units))
        yield dh, dc, i, f, g, o, c_old, f * c_old + i * g


@exercise(
    title="one step back",
    difficulty=3,
    minutes=10,
    cases=_passed_steps,
    same_kind=True,
    hints=[
        "Begin with the whole gradient of c: what comes in from the future, plus what comes "
        r"through $h_t = o_t \odot \tanh(c_t)$. The slope of tanh is 1 - tanh².",
        "c = f · c_old + i · g is a sum of two products. So i gets `dc * g`, g gets `dc * i`, f "
        "gets `dc * c_old`, and c_old gets `dc * f`. And o gets `dh * torch.tanh(c)`.",
        "To come from a gate to its sum, multiply by its slope: `i * (1 - i)` for i, f and o "
        "alike, `1 - g ** 2` for g. Then `torch.cat([...], dim=-1)` in the order i, f, g, o.",
    ],
    errors={"chunk(): argument": "Put the four parts together with `torch.cat`, not `chunk`."},
    why="Look at the last value: to c of the step before goes dc times f. That product of forget "
    "gates is the direct path from lesson 1, now in your own code.",
)
def step_backward(dh, dc, i, f, g, o, c_old, c):
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)  # (B, H)
    di, df, dg, do = dc * g, dc * c_old, dc * i, dh * torch.tanh(c)
    dz_i, dz_f, dz_o = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o)
    dz_g = dg * (1 - g**2)
    return torch.cat([dz_i, dz_f, dz_g, dz_o], dim=-1), dc * f


def _with(given, **blocks):
    """The right result, but for some blocks of dz; ``blocks["o"](dh, dct)`` gives that of o."""
    dh, dc, *_, o, _, c = given
    dz, dc_old = step_backward(*given)
    right = dict(zip("ifgo", dz.chunk(4, dim=-1), strict=True))
    other = {gate: block(dh, dc + dh * o * (1 - torch.tanh(c) ** 2)) for gate, block in blocks.items()}
    return torch.cat([*(right | other).values()], dim=-1), dc_old


@step_backward.mistake
def nothing_from_the_future(dh, dc, i, f, g, o, c_old, c):
    """You dropped the `dc` that comes in from the step after. c has two ways into the loss: through h of this step, and
    through c of the next. Add both.
    """
    return step_backward(dh, 0, i, f, g, o, c_old, c)


@step_backward.mistake
def nothing_through_h(dh, dc, i, f, g, o, c_old, c):
    r"""You use the `dc` that came in as it is. c also acts through $h_t = o_t \odot \tanh(c_t)$: add `dh * o * (1 -
    torch.tanh(c) ** 2)` first.
    """
    return _back(dc, dh, i, f, g, o, c_old, c)


@step_backward.mistake
def forgets_f(dh, dc, i, f, g, o, c_old, c):
    """On its way to the old cell state the gradient passes the forget gate. You left out the factor f, so nothing would
    ever be forgotten on the way back.
    """
    dz, _ = step_backward(dh, dc, i, f, g, o, c_old, c)
    return dz, dc + dh * o * (1 - torch.tanh(c) ** 2)


@step_backward.mistake
def future_alone_goes_on(dh, dc, i, f, g, o, c_old, c):
    """Your `dz` is right. But to the old cell state goes the *whole* gradient of c, with what came through h, not only
    what came from the future.
    """
    dz, _ = step_backward(dh, dc, i, f, g, o, c_old, c)
    return dz, dc * f


@step_backward.mistake
def no_slope_of_the_gates(dh, dc, i, f, g, o, c_old, c):
    """These are the gradients of i, f, g and o. To reach the sums z, multiply by the slopes: σ has i(1 - i), tanh has 1
    - g².
    """
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    return torch.cat([dc * g, dc * c_old, dc * i, dh * torch.tanh(c)], dim=-1), dc * f


@step_backward.mistake
def c_for_its_tanh(dh, dc, i, f, g, o, c_old, c):
    """The slope of tanh at c is `1 - torch.tanh(c) ** 2`. You wrote `1 - c ** 2`, which holds for g only because g
    already *is* a tanh.
    """
    return _back(dc + dh * o * (1 - c**2), dh, i, f, g, o, c_old, c)


@step_backward.mistake
def no_slope_of_the_tanh(dh, dc, i, f, g, o, c_old, c):
    """From h to c the gradient passes a tanh. You left out its slope, `1 - torch.tanh(c) ** 2`."""
    return _back(dc + dh * o, dh, i, f, g, o, c_old, c)


@step_backward.mistake
def new_memory_for_the_old(dh, dc, i, f, g, o, c_old, c):
    """The forget gate multiplied the *old* cell state. Its gradient is `dc * c_old`, and you used c."""
    return step_backward(dh, dc, i, f, g, o, c, c)


@step_backward.mistake
def slope_of_a_sigmoid_for_g(dh, dc, i, f, g, o, c_old, c):
    """g is a tanh, so its slope is `1 - g ** 2`. You used that of a sigmoid."""
    return _with((dh, dc, i, f, g, o, c_old, c), g=lambda dh, dct: dct * i * g * (1 - g))


@step_backward.mistake
def activated_again(dh, dc, i, f, g, o, c_old, c):
    """g *is* a tanh already, as i, f and o are sigmoids: their slopes are `1 - g ** 2` and `i * (1 - i)`. You took the
    tanh, or the sigmoid, once more.
    """
    return _with((dh, dc, i, f, g, o, c_old, c), g=lambda dh, dct: dct * i * (1 - torch.tanh(g) ** 2))


def _sigmoid_again(dh, dc, i, f, g, o, c_old, c):
    again_i, again_f, again_o = (torch.sigmoid(gate) * (1 - torch.sigmoid(gate)) for gate in (i, f, o))
    return _with(
        (dh, dc, i, f, g, o, c_old, c),
        i=lambda dh, dct: dct * g * again_i,
        f=lambda dh, dct: dct * c_old * again_f,
        o=lambda dh, dct: dh * torch.tanh(c) * again_o,
    )


step_backward.also("activated_again", _sigmoid_again)


@step_backward.mistake
def output_gate_saw_c(dh, dc, i, f, g, o, c_old, c):
    """The output gate multiplied tanh(c), not c. So its gradient is `dh * torch.tanh(c)`."""
    return _with((dh, dc, i, f, g, o, c_old, c), o=lambda dh, dct: dh * c * o * (1 - o))


@step_backward.mistake
def candidate_and_input_swapped(dh, dc, i, f, g, o, c_old, c):
    """c = f · c_old + i · g: each of a product gets the *other* one. i gets `dc * g`, and g gets `dc * i`."""
    given = dh, dc, i, f, g, o, c_old, c
    return _with(given, i=lambda dh, dct: dct * i * i * (1 - i), g=lambda dh, dct: dct * g * (1 - g**2))


@step_backward.mistake
def blocks_with_g_last(dh, dc, i, f, g, o, c_old, c):
    """All four are right, but stacked as i, f, o, g. The order is i, f, g, o."""
    dz, dc_old = step_backward(dh, dc, i, f, g, o, c_old, c)
    return in_order("ifog", dz, dim=-1), dc_old


@step_backward.mistake
def forgets_o(dh, dc, i, f, g, o, c_old, c):
    """From h to c the gradient passes the output gate. You left out the factor o: `dh * o * (1 - torch.tanh(c) **
    2)`.
    """
    return _back(dc + dh * (1 - torch.tanh(c) ** 2), dh, i, f, g, o, c_old, c)


@step_backward.mistake
def stacked_along_the_batch(dh, dc, i, f, g, o, c_old, c):
    """All four are right, but one below the other, (4B, H). Side by side they are (B, 4H): `torch.cat(..., dim=-1)`."""
    dz, dc_old = step_backward(dh, dc, i, f, g, o, c_old, c)
    return torch.cat(dz.chunk(4, dim=-1)), dc_old


@step_backward.mistake
def not_joined(dh, dc, i, f, g, o, c_old, c):
    """All four are right. Put them side by side in one tensor, (B, 4H): `torch.cat(..., dim=-1)`."""
    dz, dc_old = step_backward(dh, dc, i, f, g, o, c_old, c)
    return list(dz.chunk(4, dim=-1)), dc_old


@step_backward.mistake
def output_gate_counted_twice(dh, dc, i, f, g, o, c_old, c):
    """The gradient of o itself has no factor o: h = o · tanh(c), so o gets `dh * torch.tanh(c)`."""
    return _with((dh, dc, i, f, g, o, c_old, c), o=lambda dh, dct: dh * o * torch.tanh(c) * o * (1 - o))


@step_backward.mistake
def output_gate_from_dc(dh, dc, i, f, g, o, c_old, c):
    """The output gate acts through h alone. So its gradient starts from `dh`, not from the gradient of c."""
    return _with((dh, dc, i, f, g, o, c_old, c), o=lambda dh, dct: dct * torch.tanh(c) * o * (1 - o))


@step_backward.mistake
def slope_of_a_tanh_for_the_gates(dh, dc, i, f, g, o, c_old, c):
    """i, f and o are sigmoids, so their slopes are `i * (1 - i)` and so on. You used the slope of a tanh for
    all four.
    """
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    dz = [dc * g * (1 - i**2), dc * c_old * (1 - f**2), dc * i * (1 - g**2), dh * torch.tanh(c) * (1 - o**2)]
    return torch.cat(dz, dim=-1), dc * f


@step_backward.mistake
def blocks_with_f_first(dh, dc, i, f, g, o, c_old, c):
    """All four are right, but f comes first. The order is i, f, g, o."""
    dz, dc_old = step_backward(dh, dc, i, f, g, o, c_old, c)
    return in_order("figo", dz, dim=-1), dc_old
