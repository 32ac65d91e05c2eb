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
        ("! is of another shape", "log_probs[torch.arange(len(path)), path]"),
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
        ("! the difference is 2", "len(set(labels))"),
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
        ("! is of another type", "[e / n for e, n in zip(edits, digits)]"),
    ],
}
