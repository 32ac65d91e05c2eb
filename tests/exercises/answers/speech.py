"""Answers to the exercises of lesson 12."""

PAD = "p = torch.cat([torch.full((2,), -torch.inf, dtype=before.dtype), before])\n"
WAYS = PAD + "two = p[:-2].masked_fill(~skips, -torch.inf)\n"
LOOP = "out = []\nlast = None\nfor k in path:\n    if k != last and k != 0:\n        out.append(k)\n"

ANSWERS = {
    "collapse": [
        ("correct", LOOP + "    last = k\nreturn out"),
        ("correct", "tuple(k for k, g in __import__('itertools').groupby(path) if k != 0)"),
        ("correct", "[b for a, b in zip([0] + list(path), path) if b and a != b]"),
        ("correct", "[t for t in torch.unique_consecutive(torch.tensor(path)).tolist() if t]"),
        ("correct", "[path[n] for n in range(len(path)) if path[n] and (not n or path[n] != path[n - 1])]"),
        ("repeats_kept", "[k for k in path if k]"),
        ("repeats_kept", "list(filter(None, path))"),
        ("blanks_kept", "torch.unique_consecutive(torch.tensor(path)).tolist()"),
        ("blanks_first", "x = [k for k in path if k]\nreturn [k for n, k in enumerate(x) if n == 0 or k != x[n - 1]]"),
        ("blanks_first", LOOP + "        last = k\nreturn out"),
        ("each_label_once", "out = []\nfor k in path:\n    if k and k not in out:\n        out.append(k)\nreturn out"),
        ("first_frame_lost", "[path[n] for n in range(1, len(path)) if path[n] and path[n] != path[n - 1]]"),
        ("! Did you forget `return`?", "print([k for k in path if k])"),
        ("correct", "import itertools\nreturn [k for k, _ in itertools.groupby(path) if k]"),
        (
            "correct",
            "if not path:\n    return []\nrest = collapse(path[:-1])\n"
            "if path[-1] and path[-1:] != path[-2:-1]:\n    rest.append(path[-1])\nreturn rest",
        ),
        ("correct", "p = np.array(path)\nnew = np.diff(p, prepend=-1) != 0\nreturn p[new & (p != 0)]"),
        (
            "correct",
            "out, last = [], 0\nfor k in path:\n    if k == last:\n        continue\n    last = k\n"
            "    if k:\n        out.append(k)\nreturn out",
        ),
        (
            "first_compared_with_the_last",
            "[path[n] for n in range(len(path)) if path[n] != 0 and path[n] != path[n - 1]]",
        ),
        ("last_frame_lost", "[a for a, b in zip(path, path[1:]) if a and a != b]"),
        ("labels_sorted", "sorted(set(path) - {0})"),
        ("labels_sorted", "sorted({k for k in path if k})"),
        (
            "only_blanks_between",
            "out = []\nprevious = 0\nfor k in path:\n    if k and previous == 0:\n        out.append(k)\n"
            "    previous = k\nreturn out",
        ),
        ("! is of another length", "[k for n, k in enumerate(path) if k and (n < 2 or k != path[n - 1])]"),
    ],
    "path_log_probability": [
        ("correct", "log_probs.gather(1, path[:, None]).sum()"),
        ("correct", "log_probs[range(len(path)), path].sum()"),
        ("correct", "sum(row[k] for row, k in zip(log_probs, path))"),
        ("correct", "sum(row[k].item() for row, k in zip(log_probs, path))"),
        ("correct", "torch.log(torch.prod(log_probs.exp()[torch.arange(len(path)), path]))"),
        ("correct", "-F.nll_loss(log_probs, path, reduction='sum')"),
        ("correct", "log_probs[:, path].diagonal().sum()"),
        ("every_row_every_class", "log_probs[:, path].sum()"),
        ("multiplied_logs", "torch.prod(log_probs[torch.arange(len(path)), path])"),
        ("probability_itself", "log_probs.exp()[torch.arange(len(path)), path].prod()"),
        ("mean_of_frames", "-F.nll_loss(log_probs, path)"),
        ("best_path_instead", "log_probs.amax(1).sum()"),
        ("blanks_left_out", "sum(row[k] for row, k in zip(log_probs, path) if k)"),
        ("! `gather` wants the path as (T, 1)", "log_probs.gather(1, path).sum()"),
        ("! The first index is the frame", "log_probs[path, torch.arange(len(path))].sum()"),
        ("frames_one_by_one", "log_probs[torch.arange(len(path)), path]"),
        ("correct", "total = 0.0\nfor t, k in enumerate(path.tolist()):\n    total += log_probs[t, k]\nreturn total"),
        ("correct", "(log_probs * F.one_hot(path, log_probs.shape[1])).sum()"),
        ("correct", "np.take_along_axis(log_probs.numpy(), path.numpy()[:, None], 1).sum()"),
        ("correct", "torch.take_along_dim(log_probs, path.unsqueeze(1), dim=1).sum()"),
        ("rows_of_the_path", "log_probs[path].sum()"),
        ("probabilities_added", "log_probs.exp()[torch.arange(len(path)), path].sum()"),
        ("probabilities_added", "log_probs[torch.arange(len(path)), path].logsumexp(0)"),
        ("mean_loss", "F.nll_loss(log_probs, path)"),
        ("frames_one_by_one", "[row[k] for row, k in zip(log_probs, path)]"),
    ],
    "fewest_frames": [
        ("correct", "len(labels) + sum(labels[n] == labels[n - 1] for n in range(1, len(labels)))"),
        ("correct", "n = len(labels)\nfor a, b in zip(labels, labels[1:]):\n    n += a == b\nreturn n"),
        ("correct", "len(labels) + int((np.diff(labels) == 0).sum())"),
        ("correct", "2 * len(labels) - 1 - sum(a != b for a, b in zip(labels, labels[1:]))"),
        ("correct", "float(right(labels))"),
        ("one_each", "len(labels)"),
        ("all_states", "len(labels) * 2 + 1"),
        ("a_blank_between_all", "len(labels) + len(labels) - 1"),
        ("repeats_taken_off", "1 + sum(a != b for a, b in zip(labels, labels[1:]))"),
        ("repeats_anywhere", "len(labels) + len(labels) - len(set(labels))"),
        ("different_labels", "len(set(labels))"),
        (
            "correct",
            "n = len(labels)\nprevious = None\nfor k in labels:\n    if k == previous:\n        n += 1\n"
            "    previous = k\nreturn n",
        ),
        ("correct", "from itertools import groupby\nreturn sum(2 * len(list(g)) - 1 for _, g in groupby(labels))"),
        ("correct", "1 + fewest_frames(labels[1:]) + (labels[0] == labels[1]) if len(labels) > 1 else len(labels)"),
        ("repeats_counted_once", "len(labels) + (1 if any(a == b for a, b in zip(labels, labels[1:])) else 0)"),
        (
            "first_label_compared_with_the_last",
            "len(labels) + sum(labels[n] == labels[n - 1] for n in range(len(labels)))",
        ),
        ("one_blank_more", "len(labels) + 1 + sum(a == b for a, b in zip(labels, labels[1:]))"),
        ("! in a tuple or list of its own", "[len(labels) + sum(a == b for a, b in zip(labels, labels[1:]))]"),
    ],
    "next_row": [
        ("correct", WAYS + "return torch.logaddexp(torch.logaddexp(p[2:], p[1:-1]), two) + emitted"),
        ("correct", WAYS + "return (p[2:].exp() + p[1:-1].exp() + two.exp()).log() + emitted"),
        ("correct", WAYS + "return emitted + torch.stack([p[2:], p[1:-1], two]).logsumexp(dim=0)"),
        (
            "correct",
            "rows = []\nfor s in range(len(before)):\n    came = [before[s]]\n    if s >= 1:\n"
            "        came.append(before[s - 1])\n    if skips[s]:\n        came.append(before[s - 2])\n"
            "    rows.append(torch.stack(came).logsumexp(0) + emitted[s])\nreturn torch.stack(rows)",
        ),
        (
            "correct",
            "one = before.roll(1)\none[:1] = -torch.inf\ntwo = before.roll(2)\ntwo[~skips] = -torch.inf\n"
            "return torch.stack([before, one, two]).logsumexp(0) + emitted",
        ),
        ("never_skipped", PAD + "return torch.logaddexp(p[2:], p[1:-1]) + emitted"),
        ("skipped_everywhere", PAD + "return torch.stack([p[2:], p[1:-1], p[:-2]]).logsumexp(0) + emitted"),
        ("best_alone", WAYS + "return torch.stack([p[2:], p[1:-1], two]).max(0).values + emitted"),
        ("frame_left_out", WAYS + "return torch.stack([p[2:], p[1:-1], two]).logsumexp(0)"),
        ("logs_added", WAYS + "return p[2:] + p[1:-1] + two + emitted"),
        ("never_stayed", WAYS + "return torch.logaddexp(p[1:-1], two) + emitted"),
        (
            "backward_in_the_states",
            "p = torch.cat([before, torch.full((2,), -torch.inf, dtype=before.dtype)])\n"
            "return torch.stack([p[:-2], p[1:-1], torch.where(skips, p[2:], -torch.inf)]).logsumexp(0) + emitted",
        ),
        ("! A shifted row is as long as before", "torch.logaddexp(before, before[:-1]) + emitted"),
        ("! makes a tensor to fill up with", "torch.cat([-torch.inf, before[:-1]]) + emitted"),
        ("! equally long", "torch.stack([before, before[:-1]]).logsumexp(0) + emitted"),
        ("graph_is_cut", WAYS + "return torch.stack([p[2:], p[1:-1], two]).logsumexp(0).detach() + emitted"),
        (
            "graph_is_cut",
            WAYS + "return torch.tensor([math.log(a.exp() + b.exp() + c.exp()) if a.exp() + b.exp() + c.exp() "
            "else -math.inf for a, b, c in zip(p[2:], p[1:-1], two)]) + emitted",
        ),
        (
            "graph_is_cut",
            "b = before.numpy()\np = np.concatenate([[-np.inf, -np.inf], b])\n"
            "two = np.where(skips.numpy(), p[:-2], -np.inf)\n"
            "return torch.from_numpy(np.logaddexp(np.logaddexp(p[2:], p[1:-1]), two)) + emitted",
        ),
        (
            "correct",
            "out = torch.empty_like(before)\nfor s in range(len(before)):\n"
            "    ways = before[max(0, s - 1):s + 1]\n    if skips[s]:\n"
            "        ways = torch.cat([ways, before[s - 2:s - 1]])\n"
            "    out[s] = ways.logsumexp(0) + emitted[s]\nreturn out",
        ),
        (
            "correct",
            "one = F.pad(before, (1, 0), value=-torch.inf)[:-1]\n"
            "two = torch.where(skips, F.pad(before, (2, 0), value=-torch.inf)[:-2], -torch.inf)\n"
            "return torch.logsumexp(torch.stack((before, one, two), -1), -1) + emitted",
        ),
        (
            "rolled",
            "torch.stack([before, before.roll(1), torch.where(skips, before.roll(2), "
            "-torch.inf)]).logsumexp(0) + emitted",
        ),
        (
            "skips_reversed",
            PAD + "two = p[:-2].masked_fill(skips, -torch.inf)\n"
            "return torch.stack([p[2:], p[1:-1], two]).logsumexp(0) + emitted",
        ),
        (
            "zeros_from_outside",
            "p = F.pad(before, (2, 0))\ntwo = torch.where(skips, p[:-2], -torch.inf)\n"
            "return torch.stack([p[2:], p[1:-1], two]).logsumexp(0) + emitted",
        ),
        (
            "zero_for_no_skip",
            PAD + "two = torch.where(skips, p[:-2], 0)\n"
            "return torch.stack([p[2:], p[1:-1], two]).logsumexp(0) + emitted",
        ),
        ("emitted_multiplied", WAYS + "return torch.stack([p[2:], p[1:-1], two]).logsumexp(0) * emitted"),
        ("probabilities_for_logs", WAYS + "return (torch.stack([p[2:], p[1:-1], two]).logsumexp(0) + emitted).exp()"),
        ("infinity_times_zero", PAD + "return torch.stack([p[2:], p[1:-1], p[:-2] * skips]).logsumexp(0) + emitted"),
    ],
    "error_rate": [
        ("correct", "np.sum(edits) / np.sum(digits)"),
        ("correct", "torch.tensor(edits).sum() / torch.tensor(digits).sum()"),
        ("correct", "np.average([e / n for e, n in zip(edits, digits)], weights=digits)"),
        ("correct", "sum(edits) / max(1, sum(digits))"),
        ("correct", "np.mean(edits) / np.mean(digits)"),
        ("mean_of_the_rates", "sum(e / n for e, n in zip(edits, digits)) / len(edits)"),
        ("mean_of_the_rates", "(np.array(edits) / np.array(digits)).mean()"),
        ("edits_a_string", "np.mean(edits)"),
        ("share_of_strings", "np.mean(np.array(edits) > 0)"),
        ("share_right", "1 - np.sum(edits) / np.sum(digits)"),
        ("in_percent", "100 * np.sum(edits) / np.sum(digits)"),
        ("string_by_string", "[e / n for e, n in zip(edits, digits)]"),
        (
            "correct",
            "total = said = 0\nfor e, n in zip(edits, digits):\n    total += e\n    said += n\nreturn total / said",
        ),
        ("correct", "from fractions import Fraction\nreturn Fraction(sum(edits), sum(digits))"),
        ("correct", "np.array(edits).sum() / np.array(digits, float).sum()"),
        ("upside_down", "sum(digits) / sum(edits)"),
        ("edits_counted", "sum(edits)"),
        ("string_by_string", "np.array(edits) / np.array(digits)"),
        ("! You rounded", "round(sum(edits) / sum(digits), 2)"),
        ("never_above_one", "min(1, sum(edits) / sum(digits))"),
    ],
}
