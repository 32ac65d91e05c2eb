"""Answers to the exercises of lesson 6."""

H = "H = len(bias) // 4\nw, b = weight.clone(), bias.clone()\n"
CLIP = "nn.utils.clip_grad_norm_(weights, max_norm)\n"
UNSCALE, STEP, UPDATE = "scaler.unscale_(optimizer)\n", "scaler.step(optimizer)\n", "scaler.update()\n"

ANSWERS = {
    "fair_ratio": [
        ("correct", "torch.median(torch.tensor(ours) / torch.tensor(theirs)).item()"),
        ("correct", "np.median(ours / theirs)"),
        ("correct", "torch.from_numpy(ours / theirs).median()"),
        ("correct", "np.percentile(np.divide(ours, theirs), 50)"),
        ("ratio_of_medians", "np.median(ours) / np.median(theirs)"),
        ("ratio_of_means", "ours.mean() / theirs.mean()"),
        ("ratio_of_means", "sum(ours) / sum(theirs)"),
        ("mean_of_ratios", "(ours / theirs).mean()"),
        ("upside_down", "np.median(theirs / ours)"),
        ("ratio_of_the_best", "min(ours) / min(theirs)"),
        ("median_of_differences", "np.median(ours - theirs)"),
        ("! is of another type", "ours / theirs"),
        ("luckiest_round", "(ours / theirs).min()"),
        ("! is not the expected one", "np.median(ours / (ours + theirs))"),
        ("! is not the expected one", "np.median(ours * theirs)"),
    ],
    "one_sigmoid": [
        (
            "correct",
            "i, f, g, o = weight.chunk(4)\nb = [*bias.chunk(4)]\nb[2] = b[2] + b[2]\n"
            "return torch.cat([i, f, 2 * g, o]), torch.cat(b)",
        ),
        (
            "doubled_the_others",
            "w, b = weight.clone(), bias.clone()\n"
            "for k in (0, 1, 3):\n    w.chunk(4)[k].mul_(2)\n    b.chunk(4)[k].mul_(2)\nreturn w, b",
        ),
        ("block_of_g_alone", "H = len(bias) // 4\nreturn 2 * weight[2 * H:3 * H], 2 * bias[2 * H:3 * H]"),
        ("correct", H + "w[2 * H:3 * H] *= 2\nb[2 * H:3 * H] *= 2\nreturn [w, b]"),
        (
            "correct",
            "s = torch.ones(4).index_fill(0, torch.tensor(2), 2).repeat_interleave(len(bias) // 4)\n"
            "return (weight.T * s).T, bias * s",
        ),
        ("doubled_o", H + "w[3 * H:] *= 2\nb[3 * H:] *= 2\nreturn w, b"),
        ("doubled_f", H + "w[H:2 * H] *= 2\nb[H:2 * H] *= 2\nreturn w, b"),
        ("doubled_i", H + "w[:H] *= 2\nb[:H] *= 2\nreturn w, b"),
        ("halved", H + "w[2 * H:3 * H] /= 2\nb[2 * H:3 * H] /= 2\nreturn w, b"),
        ("doubled_all", "2 * weight, 2 * bias"),
        ("bias_forgotten", H + "w[2 * H:3 * H] *= 2\nreturn w, b"),
        ("weights_forgotten", H + "b[2 * H:3 * H] *= 2\nreturn w, b"),
        ("columns_doubled", H + "w[:, 2 * H:3 * H] *= 2\nb[2 * H:3 * H] *= 2\nreturn w, b"),
        ("! is not the expected one", H + "w[2 * H:3 * H] **= 2\nb[2 * H:3 * H] **= 2\nreturn w, b"),
        ("block_of_g_alone", "2 * weight.chunk(4)[2], 2 * bias.chunk(4)[2]"),
        ("! in place", "H = len(bias) // 4\nweight[2 * H:3 * H] *= 2\nbias[2 * H:3 * H] *= 2\nreturn weight, bias"),
        (
            "! Print both shapes",
            "s = torch.ones_like(bias)\ns[2 * len(s) // 4:3 * len(s) // 4] = 2\nreturn weight * s, bias * s",
        ),
        (
            "! is not the expected one",
            H.replace("len(bias)", "weight.shape[1]") + "w[2 * H:3 * H] *= 2\nb[2 * H:3 * H] *= 2\nreturn w, b",
        ),
        ("nothing_doubled", H + "w[2 * H:3 * H] * 2\nb[2 * H:3 * H] * 2\nreturn w, b"),
        ("one_row_alone", H + "w[2] *= 2\nb[2] *= 2\nreturn w, b"),
        ("o_doubled_as_well", H + "w[2 * H:] *= 2\nb[2 * H:] *= 2\nreturn w, b"),
    ],
    "alive": [
        ("correct", "(lengths[:, None] > torch.arange(int(lengths.max()))).sum(0)"),
        ("correct", "(len(lengths) - torch.bincount(lengths).cumsum(0))[:-1].tolist()"),
        ("a_step_for_each_sequence", "[(lengths > t).sum().item() for t, _ in enumerate(lengths)]"),
        ("correct", "tuple((lengths > t).sum() for t in range(lengths.max()))"),
        ("correct", "(lengths[:, None] > torch.arange(lengths.max())).sum(0)"),
        ("correct", "(lengths[:, None] > torch.arange(lengths.max())).sum(0).numpy()"),
        ("correct", "[sum(n > t for n in lengths.tolist()) for t in range(max(lengths))]"),
        ("still_counts_the_ended", "[(lengths >= t).sum() for t in range(lengths.max())]"),
        ("starts_at_one", "[(lengths >= t).sum() for t in range(2, lengths.max() + 1)]"),
        ("one_step_too_many", "[(lengths > t).sum() for t in range(lengths.max() + 1)]"),
        ("ended", "[(lengths <= t).sum() for t in range(lengths.max())]"),
        ("padded", "[len(lengths)] * int(lengths.max())"),
        ("sorted_lengths", "lengths.sort(descending=True).values"),
        ("! is of another type", "[(lengths > t) for t in range(lengths.max())]"),
        ("of_just_this_length", "[(lengths == t).sum() for t in range(1, lengths.max() + 1)]"),
        ("! is of another type", "lengths.sum()"),
        ("! asks of all lengths at once", "[1 if lengths > t else 0 for t in range(lengths.max())]"),
        ("! takes one whole number", "[(lengths > t).sum() for t in range(lengths)]"),
        ("sorted_lengths", "lengths.tolist()"),
        ("last_step_missing", "[(lengths > t).sum() for t in range(lengths.max() - 1)]"),
        ("steps_counted_from_one", "[(lengths > t).sum() for t in range(1, lengths.max() + 1)]"),
        ("ended", "[(lengths < t).sum() for t in range(lengths.max())]"),
        (
            "correct",
            "x = torch.zeros(len(lengths), lengths.max(), 1)\n"
            "return nn.utils.rnn.pack_padded_sequence(x, lengths, True, False).batch_sizes",
        ),
    ],
    "clip_and_step": [
        (
            "correct",
            UNSCALE + "length = torch.cat([w.grad.flatten() for w in weights]).norm()\nfor w in weights:\n"
            "    w.grad = w.grad * min(1.0, max_norm / (float(length) + 1e-6))\n" + STEP + UPDATE,
        ),
        (
            "clipped_one_by_one",
            UNSCALE + "for w in weights:\n    nn.utils.clip_grad_norm_([w], max_norm)\n" + STEP + UPDATE,
        ),
        (
            "lengthened_too",
            UNSCALE + "n = torch.cat([w.grad for w in weights]).norm()\n"
            "for w in weights:\n    w.grad.mul_(max_norm / n)\n" + STEP + UPDATE,
        ),
        ("! takes the optimizer, which knows", "scaler.unscale_(weights)\n" + CLIP + STEP + UPDATE),
        (
            "! takes the weights, not the optimizer",
            UNSCALE + "nn.utils.clip_grad_norm_(optimizer, max_norm)\n" + STEP + UPDATE,
        ),
        ("correct", UNSCALE + CLIP + STEP + UPDATE),
        ("correct", UNSCALE + "norm = nn.utils.clip_grad_norm_(weights, max_norm)\n" + STEP + UPDATE + "return norm"),
        ("unscaled_twice", UNSCALE + UNSCALE + CLIP + STEP + UPDATE),
        ("unscaled_twice", UNSCALE + CLIP + UNSCALE + STEP + UPDATE),
        ("no_update", UNSCALE + CLIP + STEP),
        ("no_unscale", CLIP + STEP + UPDATE),
        ("no_clipping", UNSCALE + STEP + UPDATE),
        ("no_clipping", STEP + CLIP + UPDATE),
        ("step_of_the_optimizer", UNSCALE + CLIP + "optimizer.step()\n" + UPDATE),
        ("no_step", UNSCALE + CLIP + UPDATE),
        ("clipped_by_value", UNSCALE + "nn.utils.clip_grad_value_(weights, max_norm)\n" + STEP + UPDATE),
        ("! `unscale_` comes first", STEP + UNSCALE + CLIP + UPDATE),
        ("clipped_to_one", UNSCALE + "nn.utils.clip_grad_norm_(weights, 1.0)\n" + STEP + UPDATE),
        ("correct", "nn.utils.clip_grad_norm_(weights, max_norm * scaler.get_scale())\n" + STEP + UPDATE),
        ("! `scaler.update()` comes after", UPDATE + CLIP + STEP),
        ("! One `scaler.step(optimizer)` a step", UNSCALE + CLIP + STEP + STEP + UPDATE),
        (
            "bound_divided_by_the_scale",
            "nn.utils.clip_grad_norm_(weights, max_norm / scaler.get_scale())\n" + STEP + UPDATE,
        ),
        ("no_update", UNSCALE + CLIP + UPDATE + STEP),
        ("no_step", UNSCALE + CLIP + "optimizer.zero_grad()\n" + STEP + UPDATE),
        ("! Each step ends with", UNSCALE + CLIP),
        ("! comes before `backward`", "optimizer.zero_grad()\n" + UNSCALE + CLIP + STEP + UPDATE),
        (
            "! not the optimizer's groups",
            UNSCALE + "nn.utils.clip_grad_norm_(optimizer.param_groups, max_norm)\n" + STEP + UPDATE,
        ),
    ],
    "average": [
        (
            "correct",
            "n = torch.tensor(counts, dtype=gradients[0].dtype)\n"
            "return torch.einsum('pk,p->k', torch.stack(gradients), n) / n.sum()",
        ),
        ("correct", "torch.cat([g.repeat(n, 1) for g, n in zip(gradients, counts)]).mean(dim=0)"),
        ("sum_by_sequences", "torch.stack(gradients).sum(0) / sum(counts)"),
        ("correct", "torch.einsum('p,pk->k', torch.tensor(counts).double(), torch.stack(gradients)) / sum(counts)"),
        ("correct", "np.average([g.numpy() for g in gradients], axis=0, weights=counts)"),
        ("plain_mean", "sum(gradients) / len(gradients)"),
        ("plain_mean", "torch.stack(gradients).mean(0)"),
        ("plain_sum", "sum(gradients)"),
        ("sum_over_sequences", "sum(g * n for g, n in zip(gradients, counts))"),
        ("mean_over_processes", "sum(g * n for g, n in zip(gradients, counts)) / len(counts)"),
        ("weighted_the_other_way", "sum(g / n for g, n in zip(gradients, counts)) / sum(1 / n for n in counts)"),
        ("sum_by_sequences", "sum(gradients) / sum(counts)"),
        ("! is of another shape", "[g * n / sum(counts) for g, n in zip(gradients, counts)]"),
        ("divided_twice", "sum(g * n / sum(counts) for g, n in zip(gradients, counts)) / len(counts)"),
        ("! is not the expected one", "torch.stack(gradients).median(0).values"),
        ("! go over both with `zip`", "gradients * torch.tensor(counts) / sum(counts)"),
        ("divided_by_the_counts", "sum(g / n for g, n in zip(gradients, counts))"),
        ("divided_by_the_counts", "sum(g / n for g, n in zip(gradients, counts)) / sum(counts)"),
    ],
}
