"""Answers to the exercises of lesson 2."""

SPLIT = "z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)\n"
STEP = (
    "h, c = state\n"
    "z = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\n"
    "i, f, g, o = z.chunk(4, dim=-1)\n"
    "i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)\n"
)
END = "c = f * c + i * g\nreturn o * torch.tanh(c), c"
LOOP = "h, c = state\nhs = []\nfor x_t in x:\n    h, c = lstm_step(x_t, (h, c), *weights)\n    hs.append(h)\n"
BACK = (
    "t = torch.tanh(c)\n"
    "dct = dc + dh * o * (1 - t ** 2)\n"
    "di, df, dg, do = dct * g, dct * c_old, dct * i, dh * t\n"
    "dz = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g ** 2), do * o * (1 - o)]\n"
)
CUT = "W_i, W_o, W_f, W_g = W.chunk(4)\n"
CELL = "cell = nn.LSTMCell(x.shape[-1], state[0].shape[-1])\n"

ANSWERS = {
    "split_gates": [
        ("correct", SPLIT + "return [sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)]"),
        ("correct", SPLIT + "return np.stack([sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)])"),
        (
            "correct",
            "H = z.shape[-1] // 4\ni, f, g, o = (z[..., k * H:(k + 1) * H] for k in range(4))\n"
            "return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)",
        ),
        ("axis_one", "i, f, g, o = np.split(z, 4, axis=1)\nreturn sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)"),
        ("splits_the_batch", "i, f, g, o = np.split(z, 4)\nreturn sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)"),
        (
            "! is of another shape",
            "H = z.shape[-1] // 4\ni, f, g, o = (z[k * H:(k + 1) * H] for k in range(4))\n"
            "return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)",
        ),
        ("no_activations", "tuple(np.split(z, 4, axis=-1))"),
        ("sigmoid_four_times", "tuple(sigmoid(part) for part in np.split(z, 4, axis=-1))"),
        (
            "order_with_g_last",
            "i, f, o, g = np.split(z, 4, axis=-1)\nreturn sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)",
        ),
        ("returned_with_g_last", SPLIT + "return sigmoid(z_i), sigmoid(z_f), sigmoid(z_o), np.tanh(z_g)"),
        (
            "takes_every_fourth",
            "i, f, g, o = z[..., 0::4], z[..., 1::4], z[..., 2::4], z[..., 3::4]\n"
            "return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)",
        ),
        (
            "! The right numbers, but in",
            "i, f, g, o = np.split(z, 4, axis=-1)\n"
            "return np.concatenate([sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)], -1)",
        ),
        ("! NumPy's is `np.split`", "z_i, z_f, z_g, z_o = z.chunk(4, -1)\nreturn z_i, z_f, z_g, z_o"),
        ("! This function of torch takes a tensor", SPLIT + "return torch.sigmoid(z_i), z_f, z_g, z_o"),
        (
            "! The 4H sums stand along the last axis",
            "z_i, z_f, z_g = np.split(z, 5, axis=-1)\nreturn z_i, z_f, z_g, z_g",
        ),
        (
            "order_with_g_second",
            "i, g, f, o = np.split(z, 4, -1)\nreturn sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)",
        ),
        (
            "order_with_f_first_and_g_last",
            "f, i, o, g = np.split(z, 4, -1)\nreturn sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)",
        ),
        (
            "order_with_f_first",
            "f, i, g, o = np.split(z, 4, -1)\nreturn sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)",
        ),
        ("tanh_four_times", "np.split(np.tanh(z), 4, axis=-1)"),
        ("four_rows", "i, f, g, o = z.reshape(4, -1)\nreturn sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)"),
        (
            "correct",
            "parts = np.array_split(z, 4, axis=-1)\n"
            "return tuple((np.tanh if k == 2 else sigmoid)(p) for k, p in enumerate(parts))",
        ),
        (
            "correct",
            "H = z.shape[-1] // 4\nout = np.empty_like(z)\nout[:] = sigmoid(z)\n"
            "out[..., 2*H:3*H] = np.tanh(z[..., 2*H:3*H])\nreturn np.split(out, 4, axis=-1)",
        ),
        (
            "correct",
            "z = z.copy()\nH = z.shape[-1] // 4\n"
            "return [(e := np.exp(-z[..., k*H:(k+1)*H]), 1 / (1 + e))[1] if k != 2 else 2 / (1 + "
            "np.exp(-2 * z[..., k*H:(k+1)*H])) - 1 for k in range(4)]",
        ),
    ],
    "lstm_step": [
        (
            "! pairs each with its own x",
            "h, c = state\nz = torch.einsum('...i,...gi->...g', x, W_ih) + b_ih + h @ W_hh.mT + b_hh\n"
            "i, f, g, o = z.chunk(4, dim=-1)\nc = f.sigmoid() * c + i.sigmoid() * g.tanh()\n"
            "return o.sigmoid() * c.tanh(), c",
        ),
        ("correct", STEP + "c = f * c + i * g\nreturn [o * torch.tanh(c), c]"),
        ("correct", STEP + "c = f * c + i * g\nreturn o * c.tanh(), c"),
        ("! as many names", STEP.replace("chunk(4", "chunk(5") + END),
        ("weights_first", STEP.replace("x @ W_ih.mT", "W_ih @ x").replace("h @ W_hh.mT", "W_hh @ h") + END),
        ("for_one_network_alone", STEP.replace("mT", "T") + END),
        ("one_bias", STEP.replace(" + b_hh", "") + END),
        ("other_bias_left_out", STEP.replace(" + b_ih", "") + END),
        (
            "no_biases",
            STEP.replace(" + b_hh", "").replace(" + b_ih", "") + "c = f * c + i * g\nreturn o * torch.tanh(c), c",
        ),
        ("no_tanh_on_reading", STEP + "c = f * c + i * g\nreturn o * c, c"),
        ("reads_the_old_memory", STEP + "h = o * torch.tanh(c)\nc = f * c + i * g\nreturn h, c"),
        ("returns_c_first", STEP + "c = f * c + i * g\nreturn c, o * torch.tanh(c)"),
        (
            "state_unpacked_as_c_h",
            STEP.replace("h, c = state", "c, h = state") + "c = f * c + i * g\nreturn o * torch.tanh(c), c",
        ),
        ("keep_and_write_swapped", STEP + "c = i * c + f * g\nreturn o * torch.tanh(c), c"),
        ("ignores_the_old_h", STEP.replace("h @ W_hh.mT + ", "") + END),
        ("no_output_gate", STEP + "c = f * c + i * g\nreturn torch.tanh(c), c"),
        ("returns_the_old_memory", STEP + "c_t = f * c + i * g\nreturn o * torch.tanh(c_t), c"),
        ("! right: return all", STEP + "c = f * c + i * g\nreturn o * torch.tanh(c)"),
        ("! In a batch x is (B, I)", STEP.replace(".mT", "") + "return h, c"),
        ("! `.mT` swaps the last two axes", STEP.replace(".mT", ".t()") + END),
        ("! `state` is a pair", "z = x @ W_ih.mT + state @ W_hh.mT\nreturn z, z"),
        ("! `state` is a pair", "f = torch.sigmoid(x)\nreturn f * state, f"),
        (
            "! Count axes from the end",
            STEP.replace("z.chunk(4, dim=-1)", "z[None].chunk(4) if len(z.shape) < 2 else z.mT.chunk(4)")
            + "return h, c",
        ),
        (
            "order_of_onnx",
            "h, c = state\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\ni, o, f, g = z.chunk(4, dim=-1)\n"
            "i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)\n" + END,
        ),
        (
            "order_with_g_second",
            "h, c = state\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\ni, g, f, o = z.chunk(4, dim=-1)\n"
            "i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)\n" + END,
        ),
        (
            "order_with_f_first_and_g_last",
            "h, c = state\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\nf, i, o, g = z.chunk(4, dim=-1)\n"
            "i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)\n" + END,
        ),
        (
            "keep_and_write_swapped",
            "h, c = state\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\nf, i, g, o = z.chunk(4, dim=-1)\n"
            "i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)\n" + END,
        ),
        (
            "h_before_x",
            "h, c = state\n"
            "i, f, g, o = (torch.cat([h, x], -1) @ torch.cat([W_ih, W_hh], -1).mT + b_ih + "
            "b_hh).chunk(4, -1)\n"
            "i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()\n" + END,
        ),
        (
            "correct",
            "h, c = state\n"
            "i, f, g, o = (torch.cat([x, h], -1) @ torch.cat([W_ih, W_hh], -1).mT + b_ih + "
            "b_hh).chunk(4, -1)\n"
            "i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()\n" + END,
        ),
        (
            "joined_along_the_first_axis",
            "h, c = state\nz = torch.cat([x, h]) @ torch.cat([W_ih, W_hh]).mT + b_ih + b_hh\nreturn z, z",
        ),
        (
            "activations_forgotten",
            "h, c = state\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\ni, f, g, o = z.chunk(4, -1)\n" + END,
        ),
        (
            "sums_for_gates",
            "h, c = state\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\ni, f, g, o = z.chunk(4, -1)\n"
            "g = torch.tanh(g)\n" + END,
        ),
        (
            "tanh_for_the_gates",
            "h, c = state\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\ni, f, g, o = z.tanh().chunk(4, -1)\n" + END,
        ),
        (
            "tanh_on_the_output_gate",
            "h, c = state\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\ni, f, g, o = z.chunk(4, dim=-1)\n"
            "i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.tanh(o)\n" + END,
        ),
        ("no_input_gate", STEP + "c = f * c + g\nreturn o * c.tanh(), c"),
        ("no_forget_gate", STEP + "c = c + i * g\nreturn o * c.tanh(), c"),
        ("forget_gate_upside_down", STEP + "c = (1 - f) * c + i * g\nreturn o * c.tanh(), c"),
        ("coupled_gates", STEP + "c = f * c + (1 - f) * g\nreturn o * c.tanh(), c"),
        ("tanh_in_the_memory", STEP + "c = torch.tanh(f * c + i * g)\nreturn o * c, c"),
        ("tanh_twice", STEP + "c = torch.tanh(f * c + i * g)\nreturn o * torch.tanh(c), c"),
        ("tanh_around_the_gate", STEP + "c = f * c + i * g\nreturn torch.tanh(o * c), c"),
        ("sigmoid_on_reading", STEP + "c = f * c + i * g\nreturn o * c.sigmoid(), c"),
        ("returns_the_old_memory", STEP + "c_t = f * c + i * g\nreturn o * c_t.tanh(), c"),
        ("memory_alone", STEP + "c = f * c + i * g\nreturn c, c"),
        (
            "ignores_x",
            "h, c = state\nz = b_ih + h @ W_hh.mT + b_hh\ni, f, g, o = z.chunk(4, dim=-1)\n"
            "i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)\n" + END,
        ),
        (
            "! in place",
            "h, c = state\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\ni, f, g, o = z.chunk(4, -1)\n"
            "c *= f.sigmoid()\nc += i.sigmoid() * g.tanh()\nreturn o.sigmoid() * c.tanh(), c",
        ),
        (
            "correct",
            "h, c = state\n"
            "z = F.linear(x, W_ih, b_ih) + F.linear(h, W_hh, b_hh) if x.ndim < 3 else x @ W_ih.mT + h @ "
            "W_hh.mT + b_ih + b_hh\n"
            "i, f, g, o = torch.tensor_split(z, 4, -1)\n"
            "c = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())\nreturn o.sigmoid() * c.tanh(), c",
        ),
        ("graph_is_cut", STEP + "c = (f * c + i * g).detach()\nreturn o * torch.tanh(c), c"),
        (
            "graph_is_cut",
            STEP + "c = f * c + i * g\nreturn torch.tensor((o * torch.tanh(c)).tolist(), dtype=x.dtype), c",
        ),
        (
            "graph_is_cut",
            "h, c = state\nz = x @ W_ih.data.mT + b_ih + h @ W_hh.mT + b_hh\n"
            "i, f, g, o = z.chunk(4, dim=-1)\n"
            "i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)\n" + END,
        ),
        (
            "graph_is_cut",
            "h, c = (s.detach() for s in state)\nz = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh\n"
            "i, f, g, o = z.chunk(4, dim=-1)\n"
            "i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)\n" + END,
        ),
        ("correct", STEP + "c = torch.mul(f, c).add_(i * g)\nreturn o * c.tanh(), c"),
        (
            "! and the last case is a stack",
            CELL + "own = dict(zip(cell.state_dict(), (W_ih, W_hh, b_ih, b_hh)))\n"
            "return torch.func.functional_call(cell, own, (x, state))",
        ),
        ("! weights of its own", CELL + "return cell(x, state)"),
        ("! Write the equations of the step", "F.lstm_cell(x, state, W_ih, W_hh, b_ih, b_hh)"),
        ("! takes a batch alone", "torch.lstm_cell(x, state, W_ih, W_hh, b_ih, b_hh)"),
    ],
    "lstm_layer": [
        ("correct", LOOP + "return torch.stack(hs, dim=0), [h, c]"),
        ("correct", LOOP.replace("hs.append(h)", "hs.append(h[None])") + "return torch.cat(hs), (h, c)"),
        (
            "correct",
            "hs = x.new_zeros(len(x), *state[0].shape)\nfor t in range(len(x)):\n"
            "    state = lstm_step(x[t], state, *weights)\n    hs[t] = state[0]\nreturn hs, state",
        ),
        (
            "correct",
            "hs = torch.zeros(len(x), *state[0].shape)\nfor t in range(len(x)):\n"
            "    state = lstm_step(x[t], state, *weights)\n    hs[t] = state[0]\nreturn hs, state",
        ),
        (
            "appended_before_the_step",
            "h, c = state\nhs = []\nfor x_t in x:\n    hs.append(h)\n"
            "    h, c = lstm_step(x_t, (h, c), *weights)\nreturn torch.stack(hs), (h, c)",
        ),
        (
            "state_not_carried",
            "hs = []\nfor x_t in x:\n    h, c = lstm_step(x_t, state, *weights)\n    hs.append(h)\n"
            "return torch.stack(hs), (h, c)",
        ),
        ("last_output_only", LOOP + "return h, (h, c)"),
        ("not_stacked", LOOP + "return hs, (h, c)"),
        ("cat_for_stack", LOOP + "return torch.cat(hs), (h, c)"),
        ("batch_before_time", LOOP + "return torch.stack(hs, dim=1), (h, c)"),
        ("collects_the_memory", LOOP.replace("append(h)", "append(c)") + "return torch.stack(hs), (h, c)"),
        ("! right: return all", LOOP + "return torch.stack(hs)"),
        ("h_for_the_state", LOOP + "return torch.stack(hs), h"),
        ("state_not_a_pair", LOOP + "return torch.stack(hs), h, c"),
        ("returned_inside_the_loop", LOOP + "    return torch.stack(hs), (h, c)"),
        ("for_one_network_alone", "T, B, I = x.shape\n" + LOOP + "return torch.stack(hs), (h, c)"),
        ("returns_the_first_state", LOOP + "return torch.stack(hs), state"),
        ("! Unpack it with a star", "for x_t in x:\n    state = lstm_step(x_t, state, weights)\nreturn x, state"),
        ("! Run the cells of section 4 first", "global lstm_step\ndel lstm_step\nlstm_step(x, state, *weights)"),
        (
            "first_state_among_the_outputs",
            "h, c = state\nhs = [h]\nfor x_t in x:\n    h, c = lstm_step(x_t, (h, c), *weights)\n"
            "    hs.append(h)\nreturn torch.stack(hs), (h, c)",
        ),
        (
            "last_step_left_out",
            "h, c = state\nhs = []\nfor x_t in x[:-1]:\n    h, c = lstm_step(x_t, (h, c), *weights)\n"
            "    hs.append(h)\nreturn torch.stack(hs), (h, c)",
        ),
        (
            "last_step_left_out",
            "h, c = state\nhs = []\nfor t in range(len(x) - 1):\n"
            "    h, c = lstm_step(x[t], (h, c), *weights)\n    hs.append(h)\nreturn torch.stack(hs), (h, c)",
        ),
        (
            "first_step_left_out",
            "h, c = state\nhs = []\nfor t in range(1, len(x)):\n"
            "    h, c = lstm_step(x[t], (h, c), *weights)\n    hs.append(h)\nreturn torch.stack(hs), (h, c)",
        ),
        ("returns_c_before_h", LOOP + "return torch.stack(hs), (c, h)"),
        (
            "h_not_carried",
            "h0, c = state\nhs = []\nfor x_t in x:\n    h, c = lstm_step(x_t, (h0, c), *weights)\n"
            "    hs.append(h)\nreturn torch.stack(hs), (h, c)",
        ),
        (
            "state_unpacked_as_c_h",
            "c, h = state\nhs = []\nfor x_t in x:\n    h, c = lstm_step(x_t, (h, c), *weights)\n"
            "    hs.append(h)\nreturn torch.stack(hs), (h, c)",
        ),
        (
            "correct",
            "c, h = state\nhs = []\nfor x_t in x:\n    c, h = lstm_step(x_t, (c, h), *weights)\n"
            "    hs.append(c)\nreturn torch.stack(hs), (c, h)",
        ),
        (
            "swapped_at_each_step",
            "h, c = state\nhs = []\nfor x_t in x:\n    h, c = lstm_step(x_t, (c, h), *weights)\n"
            "    hs.append(h)\nreturn torch.stack(hs), (h, c)",
        ),
        (
            "correct",
            "hs = []\nfor x_t in x.unbind():\n    state = lstm_step(x_t, state, *weights)\n"
            "    hs += [state[0]]\nreturn torch.stack(hs), state",
        ),
        (
            "correct",
            "if len(x) == 1:\n    state = lstm_step(x[0], state, *weights)\n"
            "    return state[0][None], state\nfirst, state = lstm_layer(x[:1], state, weights)\n"
            "rest, state = lstm_layer(x[1:], state, weights)\nreturn torch.cat([first, rest]), state",
        ),
        (
            "correct",
            "import itertools\n"
            "states = list(itertools.accumulate(x, lambda s, x_t: lstm_step(x_t, s, *weights), "
            "initial=state))[1:]\n"
            "return torch.stack([h for h, _ in states]), states[-1]",
        ),
        (
            "graph_is_cut",
            "h, c = state\nhs = []\nfor x_t in x:\n    h, c = lstm_step(x_t, (h, c), *weights)\n"
            "    hs.append(h.detach())\nreturn torch.stack(hs), (h, c)",
        ),
        ("graph_is_cut", LOOP + "    h = h.detach()\nreturn torch.stack(hs), (h, c)"),
        ("graph_is_cut", LOOP + "    c = c.detach()\nreturn torch.stack(hs), (h, c)"),
        ("graph_is_cut", LOOP + "return torch.stack(hs).detach(), (h, c)"),
        ("graph_is_cut", LOOP + "return torch.tensor(torch.stack(hs).tolist()), (h, c)"),
        ("graph_is_cut", LOOP + "return torch.tensor(np.array([h.numpy() for h in hs])), (h, c)"),
        ("graph_is_cut", "with torch.no_grad():\n    return right(x, state, weights)"),
        (
            "graph_is_cut",
            "h, c = state\nhs = []\nfor x_t in x:\n    h, c = lstm_step(x_t.data, (h, c), *weights)\n"
            "    hs.append(h)\nreturn torch.stack(hs), (h, c)",
        ),
        (
            "correct",
            "h, c = state\nhs = []\nfor x_t in x:\n    h, c = lstm_step(x_t, (h, c), *weights)\n"
            "    hs.append(h.clone())\nreturn torch.stack(hs), (h, c)",
        ),
        (
            "! Make a new tensor",
            "hs = x.new_zeros(len(x) + 1, *state[0].shape)\nhs[0], c = state\nfor t in range(len(x)):\n"
            "    hs[t + 1], c = lstm_step(x[t], (hs[t], c), *weights)\nreturn hs[1:], (hs[-1], c)",
        ),
        (
            "correct",
            "h, c = state[0].clone(), state[1].clone()\nhs = x.new_empty(len(x), *h.shape)\n"
            "for t, x_t in enumerate(x):\n    h, c = lstm_step(x_t, (h, c), *weights)\n    hs[t] = h\n"
            "return hs, (h, c)",
        ),
        ("memory_left_behind", LOOP.replace("h, c = lstm", "h, _ = lstm") + "return torch.stack(hs), (h, c)"),
    ],
    "step_backward": [
        ("correct", BACK + "return torch.cat(dz, dim=-1), dct * f"),
        ("correct", BACK + "return [torch.hstack(dz), f * dct]"),
        ("output_gate_saw_c", BACK.replace("dh * t\n", "dh * c\n") + "return torch.cat(dz, dim=-1), dct * f"),
        ("nothing_from_the_future", BACK.replace("dct = dc +", "dct =") + "return torch.cat(dz, dim=-1), dct * f"),
        (
            "nothing_through_h",
            BACK.replace("dct = dc + dh * o * (1 - t ** 2)", "dct = dc") + "return torch.cat(dz, dim=-1), dct * f",
        ),
        ("forgets_f", BACK + "return torch.cat(dz, dim=-1), dct"),
        ("future_alone_goes_on", BACK + "return torch.cat(dz, dim=-1), dc * f"),
        ("no_slope_of_the_gates", BACK + "return torch.cat([di, df, dg, do], dim=-1), dct * f"),
        ("c_for_its_tanh", BACK.replace("t ** 2)", "c ** 2)") + "return torch.cat(dz, dim=-1), dct * f"),
        ("no_slope_of_the_tanh", BACK.replace("o * (1 - t ** 2)", "o") + "return torch.cat(dz, dim=-1), dct * f"),
        ("new_memory_for_the_old", BACK.replace("dct * c_old", "dct * c") + "return torch.cat(dz, dim=-1), dct * f"),
        (
            "candidate_and_input_swapped",
            BACK.replace("dct * g, dct * c_old, dct * i", "dct * i, dct * c_old, dct * g")
            + "return torch.cat(dz, dim=-1), dct * f",
        ),
        (
            "output_gate_counted_twice",
            BACK.replace("dh * t\n", "dh * o * t\n") + "return torch.cat(dz, dim=-1), dct * f",
        ),
        ("not_joined", BACK + "return dz, dct * f"),
        ("activated_again", BACK.replace("g ** 2", "g.tanh() ** 2") + "return torch.cat(dz, dim=-1), dct * f"),
        (
            "activated_again",
            "s = lambda z: z.sigmoid() * (1 - z.sigmoid())\n"
            + BACK.replace("i * (1 - i)", "s(i)").replace("f * (1 - f)", "s(f)").replace("o * (1 - o)", "s(o)")
            + "return torch.cat(dz, dim=-1), dct * f",
        ),
        ("stacked_along_the_batch", BACK + "return torch.cat(dz), dct * f"),
        ("blocks_with_g_last", BACK + "return torch.cat([dz[0], dz[1], dz[3], dz[2]], -1), dct * f"),
        ("! Put the four parts together with `torch.cat`", BACK + "return torch.chunk(dz, 4), dct * f"),
        (
            "forgets_o",
            "t = torch.tanh(c)\ndct = dc + dh * (1 - t ** 2)\n"
            "di, df, dg, do = dct * g, dct * c_old, dct * i, dh * t\n"
            "dz = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g ** 2), do * o * (1 - o)]\n"
            "return torch.cat(dz, dim=-1), dct * f",
        ),
        (
            "output_gate_from_dc",
            "t = torch.tanh(c)\ndct = dc + dh * o * (1 - t ** 2)\n"
            "di, df, dg, do = dct * g, dct * c_old, dct * i, dct * t\n"
            "dz = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g ** 2), do * o * (1 - o)]\n"
            "return torch.cat(dz, dim=-1), dct * f",
        ),
        (
            "slope_of_a_tanh_for_the_gates",
            "t = torch.tanh(c)\ndct = dc + dh * o * (1 - t ** 2)\n"
            "di, df, dg, do = dct * g, dct * c_old, dct * i, dh * t\n"
            "dz = [di * (1 - i ** 2), df * (1 - f ** 2), dg * (1 - g ** 2), do * (1 - o ** 2)]\n"
            "return torch.cat(dz, dim=-1), dct * f",
        ),
        ("blocks_with_f_first", BACK + "return torch.cat([dz[1], dz[0], dz[2], dz[3]], -1), dct * f"),
        ("correct", BACK + "return torch.stack(dz, 1).flatten(1), f * dct"),
        (
            "correct",
            "z = [torch.logit(i), torch.logit(f), torch.atanh(g), torch.logit(o)]\n"
            "z = torch.cat(z, -1).requires_grad_()\nc_old = c_old.clone().requires_grad_()\n"
            "a, b, d, e = z.chunk(4, -1)\nnew = b.sigmoid() * c_old + a.sigmoid() * d.tanh()\n"
            "loss = (dh * e.sigmoid() * new.tanh() + dc * new).sum()\n"
            "return torch.autograd.grad(loss, (z, c_old))",
        ),
    ],
    "from_onnx_order": [
        ("correct", CUT + "return torch.cat((W_i, W_f, W_g, W_o))"),
        (
            "correct",
            "H = len(W) // 4\nreturn torch.vstack([W[:H], W[2 * H:], W[H:2 * H]]) if W.ndim > 1 "
            "else torch.cat([W[:H], W[2 * H:], W[H:2 * H]])",
        ),
        ("moved_the_wrong_way", "i, f, g, o = W.chunk(4)\nreturn torch.cat([i, o, f, g])"),
        ("two_blocks_swapped", CUT + "return torch.cat([W_i, W_f, W_o, W_g])"),
        ("forget_and_candidate_swapped", CUT + "return torch.cat([W_i, W_g, W_f, W_o])"),
        ("left_as_it_was", "W"),
        ("left_as_it_was", CUT + "return torch.cat([W_i, W_o, W_f, W_g])"),
        ("stacked_anew", CUT + "return torch.stack([W_i, W_f, W_g, W_o])"),
        ("stacked_anew", CUT + "return [W_i, W_f, W_g, W_o]"),
        ("rows_for_blocks", "W.view(-1, 4, *W.shape[1:])[:, [0, 2, 3, 1]].flatten(0, 1)"),
        ("! The right numbers, but in", CUT + "return torch.cat([W_i, W_f, W_g, W_o], dim=-1)"),
        ("! needs four names", "W_i, W_o, W_f, W_g = W.chunk(4, dim=1)\nreturn torch.cat([W_i, W_f, W_g, W_o])"),
        ("! needs four names", "W_i, W_o, W_f = W.chunk(4)\nreturn W_i"),
        ("correct", "return torch.cat([W.chunk(4)[k] for k in (0, 2, 3, 1)])"),
        (
            "correct",
            "H = W.shape[0] // 4\nnew = W.clone()\n"
            "new[H:2*H], new[2*H:3*H], new[3*H:] = W[2*H:3*H], W[3*H:], W[H:2*H]\nreturn new",
        ),
        ("correct", "W.reshape(4, -1, *W.shape[1:])[[0, 2, 3, 1]].reshape(W.shape)"),
    ],
    "baseline_mse": [
        ("correct", "1 / 6"),
        ("correct", "0.17"),
        ("correct", "0.167"),
        ("correct", "np.float32(0.1667)"),
        ("correct", "torch.tensor(1 / 6)"),
        ("correct", "np.array(1 / 6)"),
        ("correct", "__import__('fractions').Fraction(1, 6)"),
        ("one_number_only", "1 / 12"),
        ("one_number_only", "0.083"),
        ("square_of_the_sum", "7 / 6"),
        ("standard_deviation", "0.41"),
        ("spread_doubled", "0.333"),
        ("mean_distance", "0.25"),
        ("no_error_at_all", "0"),
        ("product_of_two", "1 / 144"),
        ("! is not the answer", "0.5"),
        ("! should be a number; it is a string", "'1/6'"),
        ("! `.item()` makes it one", "torch.tensor([1 / 6])"),
    ],
}
