"""Answers to the exercises of lesson 3."""

D = "D = 2 if bidirectional else 1\n"
READ = "state, outputs = None, []\nfor part in x.split(window, dim=1):\n"
ON = "    output, (h, c) = lstm(part, state)\n    state = h.detach(), c.detach()\n    outputs.append(output)\n"
TURNED = "(B, T, D * H) if batch_first else (T, B, D * H)"

ANSWERS = {
    "lstm_shapes": [
        ("correct", D + f"return [{TURNED}, [num_layers * D, B, H]]"),
        ("correct", D + f"return torch.Size({TURNED}), torch.Size((D * num_layers, B, H))"),
        ("correct", D + f"return np.array({TURNED}), np.array((D * num_layers, B, H))"),
        (
            "layers_in_the_output",
            D + "n = num_layers * D\nreturn (B, T, n * H) if batch_first else (T, B, n * H), (n, B, H)",
        ),
        ("batch_first_for_h_n", D + f"n = num_layers * D\nreturn {TURNED}, (B, n, H) if batch_first else (n, B, H)"),
        ("h_n_of_the_last_layer", D + f"return {TURNED}, (D, B, H)"),
        ("h_n_without_directions", D + f"return {TURNED}, (num_layers, B, H)"),
        ("directions_side_by_side_in_h_n", D + f"return {TURNED}, (num_layers, B, D * H)"),
        ("one_direction_in_the_output", D + f"return {TURNED.replace('D * ', '')}, (num_layers * D, B, H)"),
        ("always_batch_first", D + "return (B, T, D * H), (num_layers * D, B, H)"),
        ("last_step_alone", D + "return (B, D * H), (num_layers * D, B, H)"),
        ("! is of another length", D + f"n = num_layers * D\nreturn {TURNED}, (n, B, H) if n > 1 else (B, H)"),
        ("! in another order", D + f"return (num_layers * D, B, H), {TURNED}"),
        ("! expected a tuple of 3", D + f"return B * T * D * H, {TURNED}"),
        (
            "correct",
            "x = torch.zeros(*((B, T, 3) if batch_first else (T, B, 3)))\n"
            "out, (h, _) = nn.LSTM(3, H, num_layers, bidirectional=bidirectional, "
            "batch_first=batch_first)(x)\n"
            "return out.shape, h.shape",
        ),
        (
            "correct",
            "D = 1 + bidirectional\nif not batch_first:\n    return (T, B, H * D), (num_layers * D, B, H)\n"
            "return (B, T, H * D), (num_layers * D, B, H)",
        ),
        ("directions_forgotten", "return ((B, T, H) if batch_first else (T, B, H)), (num_layers, B, H)"),
        (
            "layers_and_directions_apart",
            D + "return (B, T, D * H) if batch_first else (T, B, D * H), (num_layers, D, B, H)",
        ),
    ],
    "parameter_count": [
        ("correct", "sum(p.numel() for p in nn.LSTM(I, H, num_layers, bidirectional=bidirectional).parameters())"),
        (
            "correct",
            "D = 1 + bidirectional\nreturn D * 4 * H * (I + H + 2) + (num_layers - 1) * D * 4 * H * (D * H + H + 2)",
        ),
        ("every_layer_reads_x", "num_layers * (1 + bidirectional) * 4 * H * (I + H + 2)"),
        (
            "upper_layers_read_one_direction",
            "D = 1 + bidirectional\nreturn D * 4 * H * ((I + H + 2) + (num_layers - 1) * (2 * H + 2))",
        ),
        ("one_layer_only", "(1 + bidirectional) * 4 * H * (I + H + 2)"),
        (
            "second_direction_not_added",
            D + "n = 0\nfor k in range(num_layers):\n    n += 4 * H * ((D * H if k else I) + H + 2)\nreturn n",
        ),
        ("one_direction_only", "4 * H * (I + H + 2) + (num_layers - 1) * 4 * H * (2 * H + 2)"),
        (
            "one_bias_vector",
            "D = 1 + bidirectional\nreturn D * 4 * H * (I + H + 1) + (num_layers - 1) * D * 4 * H * (D * H + H + 1)",
        ),
        ("no_biases", "D = 1 + bidirectional\nreturn D * 4 * H * (I + H) + (num_layers - 1) * D * 4 * H * (D * H + H)"),
        ("one_gate", "D = 1 + bidirectional\nreturn D * H * (I + H + 2) + (num_layers - 1) * D * H * (D * H + H + 2)"),
        (
            "! is not the expected one",
            "D = 1 + bidirectional\nreturn D * 4 * H * (I + H + 2) + (num_layers - 1) * D * 4 * H * (I + 2 * H + 2)",
        ),
        (
            "upper_layers_read_nothing",
            "D = 1 + bidirectional\nreturn D * 4 * H * (I + H + 2) + (num_layers - 1) * D * 4 * H * (H + 2)",
        ),
        ("one_layer_of_one_direction", "4 * H * (I + H + 2)"),
        ("! is not the expected one", "4 * (I + H) * num_layers"),
        ("correct", D + "sizes = [I] + [D * H] * (num_layers - 1)\nreturn sum(D * 4 * H * (n + H + 2) for n in sizes)"),
        (
            "correct",
            "if num_layers == 0:\n    return 0\nD = 1 + bidirectional\n"
            "below = D * H if num_layers > 1 else I\n"
            "return parameter_count(I, H, num_layers - 1, bidirectional) + D * 4 * H * (below + H + 2)",
        ),
        (
            "upper_layers_read_x_as_well",
            "D = 1 + bidirectional\n"
            "return D * 4 * H * (I + H + 2) + (num_layers - 1) * D * 4 * H * (I + D * H + H + 2)",
        ),
    ],
    "split_states": [
        ("correct", "h_n.reshape(num_layers, directions, *h_n.shape[1:])"),
        ("correct", "torch.stack(h_n.chunk(num_layers))"),
        ("one_row_for_each_sequence", "h_n.view(h_n.shape[1], -1)"),
        ("directions_first", "h_n.view(directions, num_layers, h_n.shape[1], h_n.shape[2])"),
        ("directions_first_then_turned", "h_n.view(directions, num_layers, *h_n.shape[1:]).transpose(0, 1)"),
        ("batch_before_states", "h_n.view(h_n.shape[1], num_layers, directions, h_n.shape[2])"),
        ("batch_moved_first", "h_n.view(num_layers, directions, *h_n.shape[1:]).permute(2, 0, 1, 3)"),
        ("last_layer_alone", "h_n[-directions:]"),
        ("last_layer_alone", "h_n.view(num_layers, directions, *h_n.shape[1:])[-1]"),
        ("! but of another kind", "h_n.chunk(num_layers)"),
        ("! but of another kind", "list(h_n.split(directions))"),
        ("side_by_side", "torch.cat([h_n[0::directions], h_n[1::directions]], dim=-1) if directions > 1 else h_n"),
        ("! must multiply to", "h_n.view(num_layers, directions, h_n.shape[2], h_n.shape[2])"),
        ("correct", "h_n.unflatten(0, (num_layers, directions))"),
        (
            "correct",
            "torch.stack([torch.stack([h_n[l * directions + d] for d in range(directions)]) for l in "
            "range(num_layers)])",
        ),
        (
            "correct",
            "out = h_n.new_empty(num_layers, directions, *h_n.shape[1:])\nfor k, row in enumerate(h_n):\n"
            "    out[k // directions, k % directions] = row\nreturn out",
        ),
        ("! The right numbers, but of another kind", "h_n.numpy().reshape(num_layers, directions, *h_n.shape[1:])"),
    ],
    "backward_final": [
        ("correct", "output.chunk(2, -1)[1][:, 0]"),
        ("correct", "output[:, 0, output.size(2) // 2:]"),
        ("last_step_of_the_backward_half", "output[:, -1, output.shape[-1] // 2:]"),
        ("forward_half_of_the_first_step", "output[:, 0, :output.shape[-1] // 2]"),
        ("forward_final", "output[:, -1, :output.shape[-1] // 2]"),
        ("first_step_whole", "output[:, 0]"),
        ("axis_not_halved", "H = output.shape[-1]\nreturn output[:, 0, H:]"),
        ("last_step_whole", "output[:, -1]"),
        ("first_sequence", "output[0, :, output.shape[-1] // 2:]"),
        ("! The right numbers, but in", "output[:, :1, output.shape[-1] // 2:]"),
        ("all_steps", "output[:, :, output.shape[-1] // 2:]"),
        ("! is of another shape", "output[:, 0, -1]"),
        ("! is of another shape", "output[-1, :, output.shape[-1] // 2:]"),
        ("! Print the shape and the index", "output[:, 0, output.shape[-1]]"),
        ("correct", "forward, backward = torch.tensor_split(output, 2, dim=-1)\nreturn backward.select(1, 0)"),
        ("correct", "torch.stack([row[0, row.shape[-1] // 2:] for row in output])"),
        ("correct", "B, T, H = output.shape\nreturn output.view(B, T, 2, H // 2)[:, 0, 1]"),
        ("all_steps", "output[..., output.shape[-1] // 2:]"),
    ],
    "last_true_step": [
        ("correct", "output[range(len(lengths)), lengths - 1]"),
        ("correct", "[output[b, n - 1] for b, n in enumerate(lengths)]"),
        ("correct", "torch.stack([row[n - 1] for row, n in zip(output, lengths)])"),
        ("steps_as_first_index", "output[lengths - 1, torch.arange(len(lengths))]"),
        ("one_step_too_far_and_over_the_edge", "output[torch.arange(len(lengths)), lengths]"),
        ("last_padded_step", "output[:, -1, :]"),
        ("every_sequence_with_every_length", "output[:, lengths - 1]"),
        ("steps_as_first_index", "output[lengths - 1]"),
        ("one_step_too_early", "output[torch.arange(len(lengths)), lengths - 2]"),
        ("shortest_length_for_all", "output[:, lengths.min() - 1]"),
        ("mean_of_the_true_steps", "torch.stack([row[:n].mean(0) for row, n in zip(output, lengths)])"),
        ("! The right numbers, but in", "torch.stack([output[b, n - 1:n] for b, n in enumerate(lengths)])"),
        ("first_steps", "output[:, 0]"),
        ("! Index with whole numbers", "output[torch.arange(len(lengths)), lengths.float() - 1]"),
        ("! Each sequence has its own length", "output[:, int(lengths) - 1]"),
        ("one_step_too_far_and_over_the_edge", "torch.stack([output[b, n] for b, n in enumerate(lengths)])"),
        ("! The first index is the sequence", "output[torch.arange(len(lengths)) + 1, lengths - 1]"),
        (
            "correct",
            "index = (lengths - 1)[:, None, None].expand(-1, 1, output.shape[2])\n"
            "return output.gather(1, index).squeeze(1)",
        ),
        (
            "correct",
            "m = F.one_hot(lengths - 1, output.shape[1]).to(output.dtype)\n"
            "return torch.einsum('bt,bth->bh', m, output)",
        ),
        (
            "correct",
            "out = torch.zeros_like(output[:, 0])\nfor b in range(len(lengths)):\n"
            "    out[b] = output[b, int(lengths[b]) - 1]\nreturn out",
        ),
        ("one_step_too_far_and_over_the_edge", "output[:, lengths]"),
        ("one_step_too_far_and_over_the_edge", "torch.stack([row[n] for row, n in zip(output, lengths)])"),
    ],
    "read_stream": [
        ("correct", READ + ON + "return torch.cat(outputs, 1)"),
        (
            "correct",
            "h = c = None\noutputs = []\nfor k in range(0, x.shape[1], window):\n"
            "    state = None if h is None else (h.detach(), c.detach())\n"
            "    output, (h, c) = lstm(x[:, k:k + window], state)\n    outputs.append(output)\n"
            "return torch.cat(outputs, 1)",
        ),
        ("batch_cut_in_windows", READ.replace(", dim=1", "") + ON + "return torch.cat(outputs, 1)"),
        ("batch_cut_in_windows", READ.replace(", dim=1", "") + ON + "return torch.cat(outputs)"),
        (
            "state_not_detached",
            READ + "    output, state = lstm(part, state)\n    outputs.append(output)\nreturn torch.cat(outputs, 1)",
        ),
        ("state_not_detached", "lstm(x)[0]"),
        ("state_dropped", "torch.cat([lstm(part)[0] for part in x.split(window, 1)], 1)"),
        ("only_h_detached", READ + ON.replace("c.detach()", "c") + "return torch.cat(outputs, 1)"),
        (
            "output_detached_too",
            READ + ON.replace("append(output)", "append(output.detach())") + "return torch.cat(outputs, 1)",
        ),
        ("output_detached_too", "with torch.no_grad():\n    return lstm(x)[0]"),
        ("stacked_outputs", READ + ON + "return torch.stack(outputs)"),
        ("! is of another shape", READ + ON + "return outputs"),
        ("joined_along_the_batch", READ + ON + "return torch.cat(outputs)"),
        ("first_window_alone", READ + ON + "    return torch.cat(outputs, 1)"),
        (
            "handed_on_as_c_h",
            READ + ON.replace("h.detach(), c.detach()", "c.detach(), h.detach()") + "return torch.cat(outputs, 1)",
        ),
        ("! gradient of each window", "lstm(x.detach())[0]"),
        (
            "! gradient of each window",
            "out, (h, c) = lstm(x[:, :window])\nouts, state = [out], (h.detach(), c)\n"
            "for part in x[:, window:].split(window, 1):\n    out, (h, c) = lstm(part, state)\n"
            "    state = h.detach(), c.detach()\n    outs.append(out)\nreturn torch.cat(outs, 1)",
        ),
        (
            "! is of another shape",
            READ.replace("x.split(window, dim=1)", "x.chunk(-(-x.shape[1] // window), dim=1)")
            + ON
            + "return torch.cat(outputs[:2], 1)",
        ),
        ("last_window_alone", READ + ON + "return output"),
        (
            "! is of another shape",
            READ.replace(
                "x.split(window, dim=1)", "[x[:, k * window:(k + 1) * window] for k in range(x.shape[1] // window)]"
            )
            + ON
            + "return torch.cat(outputs, 1)",
        ),
        (
            "! The state is a pair",
            READ + "    output, state = lstm(part, state)\n    state = state.detach()\nreturn output",
        ),
        ("! Did you forget `return`?", READ + ON),
        (
            "correct",
            "outputs = []\nstate = None\nwhile x.shape[1]:\n"
            "    output, state = lstm(x[:, :window], state)\n    state = tuple(s.detach() for s in state)\n"
            "    outputs.append(output)\n    x = x[:, window:]\nreturn torch.cat(outputs, dim=1)",
        ),
        (
            "correct",
            "output, (h, c) = lstm(x[:, :window])\nhc = (h.detach(), c.detach())\nparts = [output]\n"
            "for k in range(window, x.shape[1], window):\n"
            "    output, (h, c) = lstm(x[:, k:k + window], hc)\n    hc = (h.detach(), c.detach())\n"
            "    parts += [output]\nreturn torch.cat(parts, 1)",
        ),
        (
            "chunks_for_windows",
            "state, outputs = None, []\nfor part in x.chunk(window, dim=1):\n"
            "    output, (h, c) = lstm(part, state)\n    state = h.detach(), c.detach()\n"
            "    outputs.append(output)\nreturn torch.cat(outputs, 1)",
        ),
        ("! must be equal", READ.replace("dim=1", "dim=2") + ON + "return torch.cat(outputs, 1)"),
    ],
    "backward_layer": [
        ("correct", "{k[:-8]: v for k, v in weights.items() if k.endswith('_reverse')}"),
        ("correct", "dict((k.replace('_reverse', ''), v) for k, v in weights.items() if 'reverse' in k)"),
        ("correct", "nn.ParameterDict({k[:-8]: v for k, v in weights.items() if k.endswith('_reverse')}).state_dict()"),
        ("the_forward_layer", "{k: v for k, v in weights.items() if 'reverse' not in k}"),
        ("names_left_as_they_are", "{k: v for k, v in weights.items() if 'reverse' in k}"),
        ("number_of_the_layer_lost", "{k.replace('_l0_reverse', ''): v for k, v in weights.items() if 'reverse' in k}"),
        ("rows_reversed", "{k[:-8]: v.flip(0) for k, v in weights.items() if 'reverse' in k}"),
        ("no_biases_taken", "{k[:-8]: v for k, v in weights.items() if k.startswith('weight') and 'reverse' in k}"),
        ("everything_kept", "weights"),
        ("! has other keys", "{k.removesuffix('reverse'): v for k, v in weights.items() if 'reverse' in k}"),
        ("whichever_comes_last", "{k.replace('_reverse', ''): v for k, v in weights.items()}"),
        ("! is of another type", "[(k[:-8], v) for k, v in weights.items() if 'reverse' in k]"),
        ("! `weights.items()` gives pairs", "{k[:-8]: v for k, v in weights if k.endswith('_reverse')}"),
        (
            "correct",
            "out = {}\nfor name in weights:\n    if name.endswith('_reverse'):\n"
            "        out[name[:-len('_reverse')]] = weights[name]\nreturn out",
        ),
        (
            "correct",
            "from collections import OrderedDict\nimport re\n"
            "return OrderedDict((re.sub('_reverse$', '', k), v.clone()) for k, v in weights.items() if "
            "re.search('_reverse$', k))",
        ),
        (
            "correct",
            "return {k.split('_reverse')[0]: v for k, v in filter(lambda p: '_reverse' in p[0], weights.items())}",
        ),
    ],
}
