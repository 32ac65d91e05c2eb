"""Answers to the exercises of lesson 5."""

NORM = "norm = torch.sqrt(sum((g ** 2).sum() for g in gradients))\n"
CLONES = "H = len(b_ih) // 4\nb_ih, b_hh = b_ih.clone(), b_hh.clone()\n"
NAMED = "for name, weight in model.named_parameters()"
GAP = "d = scores - baseline\nm, s, n = d.mean(), d.std(), len(d)\n"
STOP = (
    "best, at, bad = float('inf'), 0, 0\n"
    "for epoch, loss in enumerate(losses):\n"
    "    if loss < best:\n"
    "        best, at, bad = loss, epoch, 0\n"
    "    else:\n"
    "        bad += 1\n"
    "        if bad >= patience:\n"
    "            break\n"
)

ANSWERS = {
    "inverted_dropout": [
        ("correct", "torch.where(kept, x / (1 - p), 0)"),
        ("correct", "x.masked_fill(~kept, 0) / (1 - p)"),
        ("correct", "x.numpy() * kept.numpy() / (1 - p)"),
        ("not_scaled", "x * kept"),
        ("scaled_down", "x * kept * (1 - p)"),
        ("divided_by_p", "x * kept / p"),
        ("dropped_ones_kept", "torch.where(kept, 0, x / (1 - p))"),
        ("nothing_dropped", "x / (1 - p)"),
        ("all_values_shifted", "x * kept + p"),
        ("scaled_by_the_share_of_this_mask", "x * kept * kept.numel() / kept.sum()"),
        ("! is not the expected one", "x * kept * (1 + p)"),
        ("! is not the expected one", "kept / (1 - p)"),
        ("! is of another shape", "x[kept] / (1 - p)"),
        ("! changes its input `x` in place", "x *= kept\nreturn x / (1 - p)"),
        ("nothing_dropped", "x * (1 - p)"),
        ("all_values_shifted", "(x + p) * kept"),
        ("dropped_ones_stay", "torch.where(kept, x / (1 - p), x)"),
    ],
    "variational_dropout": [
        ("! expected a tensor of shape", "x.numpy() * (np.random.rand(len(x), 1, x.shape[2]) >= p) / (1 - p)"),
        ("! expected a tensor of shape", "[row * (torch.rand(1, x.shape[2]) >= p) / (1 - p) for row in x]"),
        ("correct", "F.dropout(x.new_ones(len(x), 1, x.shape[2]), p) * x"),
        ("correct", "x * (torch.rand(x.shape[0], 1, x.shape[2]) > p) / (1 - p)"),
        ("correct", "x * torch.empty(x.shape[0], 1, x.shape[2]).bernoulli_(1 - p) / (1 - p)"),
        ("new_mask_at_every_step", "F.dropout(x, p)"),
        ("new_mask_at_every_step", "x * (torch.rand_like(x) >= p) / (1 - p)"),
        ("one_mask_for_all_sequences", "x * (torch.rand(x.shape[2]) >= p) / (1 - p)"),
        ("whole_steps_dropped", "x * (torch.rand(*x.shape[:2], 1) >= p) / (1 - p)"),
        ("whole_sequences_dropped", "x * (torch.rand(len(x), 1, 1) >= p) / (1 - p)"),
        ("one_mask_of_steps_and_units", "x * (torch.rand(1, *x.shape[1:]) >= p) / (1 - p)"),
        ("one_mask_of_steps_and_units", "x * (torch.rand(*x.shape[1:]) >= p) / (1 - p)"),
        ("kept_instead_of_dropped", "x * (torch.rand(len(x), 1, x.shape[2]) < p) / (1 - p)"),
        ("mask_not_scaled", "x * (torch.rand(len(x), 1, x.shape[2]) >= p)"),
        ("mask_without_x", "(torch.rand(len(x), 1, x.shape[2]) >= p).expand(x.shape) / (1 - p)"),
        ("mask_divided_by_p", "x * (torch.rand(len(x), 1, x.shape[2]) >= p) / p"),
        ("! is of another length", "x"),
        ("! Give it an axis of size 1", "x * (torch.rand(x.shape[0], x.shape[2]) >= p) / (1 - p)"),
        ("! three sizes", "B, T, I, H = x.shape\nreturn x"),
        ("! of another length", "x * (torch.rand(len(x), 1, x.shape[2]) >= p) / (1 - p) + 1"),
        ("correct", "F.dropout1d(x.transpose(1, 2), p).transpose(1, 2)"),
        ("! is not the expected one", "x * torch.randn(len(x), 1, x.shape[2]).gt(p) / (1 - p)"),
        ("! in place", "x *= (torch.rand(len(x), 1, x.shape[2]) >= p) / (1 - p)\nreturn x"),
        ("! is of another shape", "x[:, :1] * (torch.rand(len(x), 1, x.shape[2]) >= p) / (1 - p)"),
    ],
    "clip_by_global_norm": [
        ("correct", NORM + "return tuple(g * min(1, max_norm / norm) for g in gradients)"),
        ("correct", NORM + "return [g * max_norm / norm if norm > max_norm else g for g in gradients]"),
        (
            "correct",
            "norm = torch.cat([g.ravel() for g in gradients]).norm()\n"
            "return [g * torch.clamp(max_norm / (norm + 1e-6), max=1) for g in gradients]",
        ),
        ("each_by_its_own_norm", "[g * min(1, max_norm / g.norm()) for g in gradients]"),
        ("by_value", "[g.clip(-max_norm, max_norm) for g in gradients]"),
        ("short_ones_stretched", NORM + "return [g * max_norm / norm for g in gradients]"),
        (
            "norms_added",
            "norm = sum(g.norm() for g in gradients)\nreturn [g * min(1, max_norm / norm) for g in gradients]",
        ),
        ("no_square_root", NORM + "return [g * min(1, max_norm / norm**2) for g in gradients]"),
        (
            "longest_of_all",
            "norm = max(g.norm() for g in gradients)\nreturn [g * min(1, max_norm / norm) for g in gradients]",
        ),
        ("unit_length", NORM + "return [g / norm for g in gradients]"),
        ("nothing_clipped", "gradients"),
        ("long_ones_to_length_one", NORM + "return [g / norm if norm > max_norm else g for g in gradients]"),
        (
            "! is not the expected one",
            "norm = torch.cat([g.ravel() for g in gradients]).square().mean().sqrt()\n"
            "return [g * min(1, max_norm / norm) for g in gradients]",
        ),
        ("! is of another type", NORM + "return min(1, max_norm / norm)"),
        (
            "! The right numbers, but in",
            NORM + "return torch.cat([g.ravel() * min(1, max_norm / norm) for g in gradients])",
        ),
        ("! changes its input", NORM + "for g in gradients:\n    g *= min(1, max_norm / norm)\nreturn gradients"),
        ("by_value", "[g.clamp(max=max_norm) for g in gradients]"),
        ("each_by_its_own_norm", "[g * max_norm / g.norm() for g in gradients]"),
        ("nothing_clipped", "nn.utils.clip_grad_norm_(gradients, max_norm)\nreturn gradients"),
    ],
    "early_stopping": [
        ("correct", STOP + "return [at, epoch + 1]"),
        ("correct", STOP + "return torch.tensor([at, epoch + 1])"),
        (
            "correct",
            "for n in range(1, len(losses) + 1):\n    at = int(np.argmin(losses[:n]))\n"
            "    if n - 1 - at >= patience:\n        break\nreturn at, n",
        ),
        (
            "compared_with_patience_epochs_ago",
            "for n in range(len(losses)):\n    if n >= patience and losses[n] >= losses[n - patience]:\n        break\n"
            "return int(np.argmin(losses[:n + 1])), n + 1",
        ),
        ("patience_never_refilled", STOP.replace("loss, epoch, 0", "loss, epoch, bad") + "return at, epoch + 1"),
        (
            "compared_with_the_epoch_before",
            "bad = 0\nfor n, loss in enumerate(losses):\n    bad = bad + 1 if n and loss >= losses[n - 1] else 0\n"
            "    if bad >= patience:\n        break\nreturn int(np.argmin(losses[:n + 1])), n + 1",
        ),
        ("last_weights_kept", STOP + "return epoch, epoch + 1"),
        ("equal_counts_as_better", STOP.replace("loss < best", "loss <= best") + "return at, epoch + 1"),
        ("one_epoch_too_many", STOP.replace(">= patience", "> patience") + "return at, epoch + 1"),
        ("never_stopped", "int(np.argmin(losses)), len(losses)"),
        ("looked_into_the_future", STOP + "return int(np.argmin(losses)), epoch + 1"),
        ("counted_from_zero", STOP + "return at, epoch"),
        ("counted_from_one", STOP + "return at + 1, epoch + 1"),
        ("loss_of_the_best", STOP + "return best, epoch + 1"),
        ("! right: return all", STOP + "return at"),
        (
            "stopped_at_the_first_rise",
            "for n in range(1, len(losses)):\n    if losses[n] >= min(losses[:n]):\n"
            "        break\nreturn int(np.argmin(losses[:n + 1])), n + 1",
        ),
        ("one_epoch_too_few", STOP.replace("bad = loss, epoch, 0", "bad = loss, epoch, 1") + "return at, epoch + 1"),
        ("all_epochs_counted", STOP + "return at, len(losses)"),
        ("best_begins_at_zero", STOP.replace("float('inf')", "0") + "return at, epoch + 1"),
        (
            "never_stopped",
            STOP.replace("best, at, bad = loss, epoch, 0", "at, bad = epoch, 0") + "return at, epoch + 1",
        ),
        (
            "correct",
            "for n in range(patience, len(losses)):\n    if min(losses[n - patience:n + 1]) == losses[n - patience]:\n"
            "        break\nreturn int(np.argmin(losses[:n + 1])), n + 1",
        ),
    ],
    "open_forget_gates": [
        ("correct", CLONES + "b_ih[H:2 * H], b_hh[H:2 * H] = 0, 1\nreturn [b_ih, b_hh]"),
        ("correct", CLONES + "b_ih[H:2 * H].fill_(0.5)\nb_hh[H:2 * H].fill_(0.5)\nreturn b_ih, b_hh"),
        ("correct", CLONES + "b_ih[H:2 * H] = 1 - b_hh[H:2 * H]\nreturn b_ih, b_hh"),
        ("both_are_one", CLONES + "b_ih[H:2 * H] = b_hh[H:2 * H] = 1\nreturn b_ih, b_hh"),
        ("the_other_left_as_it_was", CLONES + "b_ih[H:2 * H] = 1\nreturn b_ih, b_hh"),
        ("one_added", CLONES + "b_ih[H:2 * H] += 1\nreturn b_ih, b_hh"),
        ("the_input_gate", CLONES + "b_ih[:H], b_hh[:H] = 1, 0\nreturn b_ih, b_hh"),
        ("the_candidate", CLONES + "b_ih[2 * H:3 * H], b_hh[2 * H:3 * H] = 1, 0\nreturn b_ih, b_hh"),
        ("the_output_gate", CLONES + "b_ih[3 * H:], b_hh[3 * H:] = 1, 0\nreturn b_ih, b_hh"),
        ("every_gate", "torch.ones_like(b_ih), torch.zeros_like(b_hh)"),
        ("one_unit_alone", CLONES + "b_ih[1], b_hh[1] = 1, 0\nreturn b_ih, b_hh"),
        ("others_set_to_zero", CLONES + "b_ih[H:2 * H] = 1\nreturn b_ih, torch.zeros_like(b_hh)"),
        ("! is not the expected one", CLONES + "b_ih.zero_()[H:2 * H] = 1\nreturn b_ih, b_hh.zero_()"),
        ("more_than_one_block", CLONES + "b_ih[H:], b_hh[H:] = 1, 0\nreturn b_ih, b_hh"),
        ("! in place", "H = len(b_ih) // 4\nb_ih[H:2 * H], b_hh[H:2 * H] = 1, 0\nreturn b_ih, b_hh"),
        ("! Did you forget `return`?", CLONES + "b_ih[H:2 * H], b_hh[H:2 * H] = 1, 0"),
        ("the_other_left_as_it_was", CLONES + "b_hh[H:2 * H] = 1\nreturn b_ih, b_hh"),
        ("nothing_set", CLONES.replace(" // 4", "") + "b_ih[H:2 * H], b_hh[H:2 * H] = 1, 0\nreturn b_ih, b_hh"),
        ("correct", CLONES + "b_ih[H:2 * H], b_hh[H:2 * H] = 1, 0\nreturn b_hh, b_ih"),
    ],
    "decayed": [
        ("correct", f"(name {NAMED} if weight.dim() > 1)"),
        ("correct", f"{{name {NAMED} if len(weight.shape) == 2}}"),
        ("correct", f"{{name: weight {NAMED} if weight.ndim >= 2}}"),
        ("names_without_bias", f"[name {NAMED} if 'bias' not in name]"),
        ("names_without_bias", f"[name {NAMED} if 'weight' in name]"),
        ("known_by_its_name", f"[name {NAMED} if 'norm' not in name]"),
        ("known_by_its_name", f"[name {NAMED} if 'bias' not in name and 'norm' not in name]"),
        ("names_that_end_in_weight", f"[name {NAMED} if name.endswith('weight')]"),
        ("all_decayed", f"[name {NAMED}]"),
        ("biases_decayed", f"[name {NAMED} if weight.ndim == 1]"),
        ("the_lstm_alone", f"[name {NAMED} if 'weight_' in name]"),
        ("inputs_alone", f"[name {NAMED} if weight.ndim > 1 and 'weight_hh' not in name]"),
        ("recurrent_alone", f"[name {NAMED} if weight.ndim > 1 and 'weight_ih' not in name]"),
        ("tensors", "[weight for weight in model.parameters() if weight.ndim >= 2]"),
        ("! is not the expected one", "[name for name, _ in model.named_modules() if name]"),
        ("! is of another type", "[pair for pair in model.named_parameters() if pair[1].ndim >= 2]"),
        ("! `model.named_parameters()` gives pairs", "[n for n in model.named_parameters() if n.ndim >= 2]"),
        ("! gives tensors alone", "[name for name, weight in model.parameters()]"),
        ("names_that_end_in_bias", f"[name {NAMED} if not name.endswith('bias')]"),
        ("none_found", f"[name {NAMED} if name.startswith('weight')]"),
        ("biases_decayed", f"[name {NAMED} if 'bias' in name]"),
    ],
    "paired_interval": [
        ("correct", GAP + "return [float(m - t * s / n ** 0.5), float(m + t * s / n ** 0.5)]"),
        (
            "correct",
            "d = (scores - baseline).numpy()\nh = t * d.std(ddof=1) / np.sqrt(len(d))\n"
            "return d.mean() - h, d.mean() + h",
        ),
        ("correct", GAP + "return torch.stack([m - t * s / n ** 0.5, m + t * s / n ** 0.5])"),
        ("correct", GAP + "return np.array([m - t * s / n ** 0.5, m + t * s / n ** 0.5])"),
        (
            "not_paired",
            "h = t * ((scores.var() + baseline.var()) / len(scores)) ** 0.5\n"
            "m = (scores - baseline).mean()\nreturn m - h, m + h",
        ),
        ("spread_of_the_runs", GAP + "return m - t * s, m + t * s"),
        ("without_t", GAP + "return m - s / n ** 0.5, m + s / n ** 0.5"),
        ("always_196", GAP + "return m - 1.96 * s / n ** 0.5, m + 1.96 * s / n ** 0.5"),
        (
            "deviation_of_a_population",
            "d = (scores - baseline).numpy()\nh = t * d.std() / np.sqrt(len(d))\nreturn d.mean() - h, d.mean() + h",
        ),
        ("divided_by_n", GAP + "return m - t * s / n, m + t * s / n"),
        ("variance_for_deviation", GAP + "return m - t * s**2 / n ** 0.5, m + t * s**2 / n ** 0.5"),
        ("baseline_minus_scores", GAP + "return -m - t * s / n ** 0.5, -m + t * s / n ** 0.5"),
        ("mean_and_half", GAP + "return m, t * s / n ** 0.5"),
        ("! is of another type", GAP + "return t * s / n ** 0.5"),
        ("! is not the expected one", GAP + "return -t * s / n ** 0.5, t * s / n ** 0.5"),
        (
            "! is not the expected one",
            "h = t * scores.std() / len(scores) ** 0.5\nreturn scores.mean() - h, scores.mean() + h",
        ),
        ("! in another order", GAP + "return m + t * s / n ** 0.5, m - t * s / n ** 0.5"),
        ("smallest_and_largest", "(scores - baseline).min(), (scores - baseline).max()"),
        (
            "correct",
            "from scipy import stats\n"
            "d = (scores - baseline).numpy()\nreturn stats.t.interval(0.95, len(d) - 1, d.mean(), stats.sem(d))",
        ),
        ("root_of_n_minus_one", GAP + "return m - t * s / (n - 1) ** 0.5, m + t * s / (n - 1) ** 0.5"),
        ("deviation_of_the_scores", GAP + "s = scores.std()\nreturn m - t * s / n ** 0.5, m + t * s / n ** 0.5"),
    ],
}
