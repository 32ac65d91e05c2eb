"""Answers to the exercises of lesson 11."""

SCORES = "s = (states @ h[:, :, None])[..., 0] / h.shape[-1] ** 0.5\n"
GROWN = "grown = [(text + (k,), log + p) for text, log in beam for k, p in enumerate(next_logs(text))]\n"
LOOP = (
    "signs = []\nwhile len(signs) < longest:\n    p = next_probabilities(signs)\n"
    "    best = max(range(len(p)), key=p.__getitem__)\n    if best == 2:\n        break\n"
    "    signs.append(best)\nreturn signs"
)

ANSWERS = {
    "german": [
        ("correct", "ones[n] if n < 20 else tens[n // 10] if n % 10 == 0 else "
         "ones[n % 10].replace('eins', 'ein') + 'und' + tens[n // 10]"),
        ("correct", "t, u = divmod(n, 10)\nif n < 20: return ones[n]\nif not u: return tens[t]\n"
         "return f\"{'ein' if u == 1 else ones[u]}und{tens[t]}\""),
        ("correct", "if n < 20: return ones[n]\nt, u = map(int, str(n))\nif u == 0: return tens[t]\n"
         "if u == 1: return 'einund' + tens[t]\nreturn ones[u] + 'und' + tens[t]"),
        ("zero_said_and_eins_kept", "ones[n] if n < 20 else ones[n % 10] + 'und' + tens[n // 10]"),
        ("eins_kept", "ones[n] if n < 20 else tens[n // 10] if n % 10 == 0 else ones[n % 10] + 'und' + tens[n // 10]"),
        ("tens_first", "ones[n] if n < 20 else tens[n // 10] if n % 10 == 0 else "
         "tens[n // 10] + ones[n % 10].replace('eins', 'ein')"),
        ("tens_first", "ones[n] if n < 20 else tens[n // 10] + ones[n % 10]"),
        ("tens_first", "ones[n] if n < 20 else tens[n // 10] if n % 10 == 0 else tens[n // 10] + ones[n % 10]"),
        ("tens_first_with_und", "ones[n] if n < 20 else tens[n // 10] if n % 10 == 0 else "
         "tens[n // 10] + 'und' + ones[n % 10]"),
        ("null_said", "ones[n] if n < 20 else ones[n % 10].replace('eins', 'ein') + 'und' + tens[n // 10]"),
        ("und_missing", "ones[n] if n < 20 else tens[n // 10] if n % 10 == 0 else "
         "ones[n % 10].replace('eins', 'ein') + tens[n // 10]"),
        ("in_three_words", "ones[n] if n < 20 else tens[n // 10] if n % 10 == 0 else "
         "ones[n % 10].replace('eins', 'ein') + ' und ' + tens[n // 10]"),
        ("no_teens", "ones[n] if n < 10 or n == 10 else tens[n // 10] if n % 10 == 0 else "
         "ones[n % 10].replace('eins', 'ein') + 'und' + tens[n // 10]"),
        ("! is not the expected one", "ones[n % 20]"),
        ("! the first difference is at place 4", "if n < 20: return ones[n]\nt, u = divmod(n, 10)\n"
         "return (ones[u].removesuffix('s') + 'und' if u else '') + tens[t]"),
        ("! is of another type", "n"),
        ("! IndexError", "ones[n]"),
        ("correct", "words = dict(enumerate(ones))\nif n in words:\n    return words[n]\nunit = n % 10\n"
         "first = '' if unit == 0 else ('ein' if unit == 1 else ones[unit]) + 'und'\n"
         "return first + tens[n // 10]"),
        ("correct", "t, u = str(n).zfill(2)\n"
         "return ones[n] if n < 20 else tens[int(t)] if u == '0' else ones[int(u)].removesuffix('s' * "
         "(u == '1')) + 'und' + tens[int(t)]"),
        ("correct", "if n <= 19:\n    return ones[n]\nelif n % 10:\n"
         "    return 'und'.join([ones[n % 10][:3 if n % 10 == 1 else None], tens[n // 10]])\nelse:\n"
         "    return tens[n // 10]"),
        ("digits_swapped", "if n < 20: return ones[n]\nt, u = n % 10, n // 10\nif t == 0: return tens[u]\n"
         "return ones[u] + 'und' + tens[t]"),
        ("und_before_round_tens", "if n < 20: return ones[n]\nt, u = divmod(n, 10)\n"
         "return ('' if u == 0 else 'ein' if u == 1 else ones[u]) + 'und' + tens[t]"),
        ("ein_everywhere", "t, u = divmod(n, 10)\nunit = 'ein' if u == 1 else ones[u]\n"
         "if n < 20: return ones[n] if n != 1 else 'ein'\n"
         "return unit + 'und' + tens[t] if u else tens[t]"),
        ("! is not the expected one", "if n < 19: return ones[n]\nt, u = divmod(n, 10)\nif u == 0: return tens[t]\n"
         "return ('ein' if u == 1 else ones[u]) + 'und' + (tens[t] if t > 1 else ones[10])"),
        ("! from twenty on take", "if n <= 20: return ones[n]\nt, u = divmod(n, 10)\n"
         "return (('ein' if u == 1 else ones[u]) + 'und' if u else '') + tens[t]"),
    ],
    "shifted": [
        ("correct", "targets[:, :-1], targets[:, 1:]"),
        ("correct", "targets[..., :targets.shape[1] - 1], targets[..., 1:]"),
        ("correct", "[targets[:, :-1], targets[:, 1:]]"),
        ("the_answer_itself", "targets[:, 1:], targets[:, 1:]"),
        ("nothing_shifted", "targets, targets"),
        ("swapped", "targets[:, 1:], targets[:, :-1]"),
        ("rows_cut", "targets[:-1], targets[1:]"),
        ("end_never_said", "targets[:, :-2], targets[:, 1:-1]"),
        ("begin_never_read", "targets[:, 1:-1], targets[:, 2:]"),
        ("! ", "targets[:, :-1]"),
        ("! ", "targets[:, :-1], targets"),
        ("single_signs", "targets[:, -1], targets[:, 1]"),
        ("correct", "torch.stack([targets[:, :-1], targets[:, 1:]])"),
        ("read_twice", "targets[:, :-1], targets[:, :-1]"),
        ("rolled", "targets, torch.roll(targets, -1, 1)"),
        ("correct", "T = targets.size(1)\nreturn targets.narrow(1, 0, T - 1), targets.narrow(1, 1, T - 1)"),
        ("correct", "torch.stack([row[:-1] for row in targets]), torch.stack([row[1:] for row in targets])"),
        ("correct", "reads = targets.clone()[:, :-1]\nsays = targets.roll(-1, 1)[:, :-1]\nreturn reads, says"),
        ("correct", "targets.numpy()[:, :-1], targets.numpy()[:, 1:]"),
        ("end_read", "targets, targets[:, 1:]"),
    ],
    "masked_loss": [
        ("correct", "cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0)"),
        ("correct", "cross_entropy(scores.transpose(1, 2), answers, ignore_index=0)"),
        ("correct", "k = answers != 0\nreturn cross_entropy(scores[k], answers[k])"),
        ("correct", "logs = scores.log_softmax(-1).gather(-1, answers[..., None])[..., 0]\nk = answers != 0\n"
         "return -(logs * k).sum() / k.sum()"),
        ("padding_learned", "cross_entropy(scores.flatten(0, 1), answers.flatten())"),
        ("end_masked_too", "k = answers > 2\nreturn cross_entropy(scores[k], answers[k])"),
        ("divided_by_all",
         "(cross_entropy(scores.transpose(1, 2), answers, reduction='none') * (answers != 0)).mean()"),
        ("summed", "cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0, reduction='sum')"),
        ("each_text_alike",
         "torch.stack([cross_entropy(s, a, ignore_index=0) for s, a in zip(scores, answers)]).mean()"),
        ("softmax_first", "cross_entropy(scores.softmax(-1).flatten(0, 1), answers.flatten(), ignore_index=0)"),
        ("! cross_entropy` takes the classes on axis 1", "cross_entropy(scores, answers, ignore_index=0)"),
        ("! is not the expected one", "cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=2)"),
        ("correct", "cross_entropy(scores.log_softmax(-1).flatten(0, 1), answers.flatten(), ignore_index=0)"),
        ("graph_is_cut",
         "cross_entropy(scores.log_softmax(-1).flatten(0, 1), answers.flatten(), ignore_index=0).item()"),
        ("shifted_again", "cross_entropy(scores[:, :-1].flatten(0, 1), answers[:, 1:].flatten(), ignore_index=0)"),
        ("! are flattened, the answers are not", "cross_entropy(scores.flatten(0, 1), answers, ignore_index=0)"),
        ("! sign is reversed", "-cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0)"),
        ("graph_is_cut", "cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0).item()"),
        ("graph_is_cut", "float(cross_entropy(scores.transpose(1, 2), answers, ignore_index=0))"),
        ("graph_is_cut", "with torch.no_grad():\n"
         "    return cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0)"),
        ("correct", "m = answers.flatten().nonzero()[:, 0]\n"
         "return F.nll_loss(scores.flatten(0, 1).log_softmax(-1)[m], answers.flatten()[m])"),
        ("correct", "loss = cross_entropy(scores.permute(0, 2, 1), answers, reduction='none')\n"
         "return loss[answers > 0].mean()"),
        ("correct", "total = count = 0\nfor s, a in zip(scores, answers):\n    for row, k in zip(s, a):\n"
         "        if k:\n            total = total - row.log_softmax(0)[k]\n            count += 1\n"
         "return total / count"),
        ("correct", "V = scores.shape[-1]\n"
         "return nn.CrossEntropyLoss(ignore_index=0)(scores.reshape(-1, V), answers.reshape(-1))"),
        ("each_letter_alone",
         "cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0, reduction='none')"),
        ("divided_by_texts",
         "cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0, reduction='sum') / "
         "len(scores)"),
        ("no_softmax", "F.nll_loss(scores.flatten(0, 1), answers.flatten(), ignore_index=0)"),
        ("scores_masked", "cross_entropy((scores * (answers != 0)[..., None]).flatten(0, 1), answers.flatten())"),
        ("perplexity", "cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0).exp()"),
    ],
    "look": [
        ("correct", SCORES + "return s.masked_fill(~keep, float('-inf')).softmax(-1)"),
        ("correct", "s = torch.einsum('bsh,bh->bs', states, h) / h.shape[1] ** 0.5\n"
         "return torch.where(keep, s, -1e9).softmax(1)"),
        ("correct", "e = ((states * h[:, None]).sum(-1) / h.shape[1] ** 0.5).exp() * keep\n"
         "return e / e.sum(1, keepdim=True)"),
        ("padding_attended", SCORES + "return s.softmax(-1)"),
        ("masked_too_late", SCORES + "return s.softmax(-1) * keep"),
        ("zero_is_no_mask", SCORES + "return (s * keep).softmax(-1)"),
        ("padding_alone", SCORES + "return s.masked_fill(keep, float('-inf')).softmax(-1)"),
        ("unscaled", "(states @ h[:, :, None])[..., 0].masked_fill(~keep, float('-inf')).softmax(-1)"),
        ("divided_by_units",
         "((states @ h[:, :, None])[..., 0] / h.shape[1]).masked_fill(~keep, float('-inf')).softmax(-1)"),
        ("scores_alone", SCORES + "return s.masked_fill(~keep, float('-inf'))"),
        ("across_the_batch", SCORES + "return s.masked_fill(~keep, -1e9).softmax(0)"),
        ("! is of another shape", SCORES + "return s[..., None].masked_fill(~keep[..., None], -1e9).softmax(1)"),
        ("! is of another shape", "(states @ h.T).softmax(-1)"),
        ("! the last size of A", "(states @ h).softmax(-1)"),
        ("correct", "s = torch.bmm(states, h.unsqueeze(2)).squeeze(2) / h.size(1) ** 0.5\ns[~keep] = -torch.inf\n"
         "return s.softmax(1)"),
        ("products_alone", "(states @ h[:, :, None])[..., 0].softmax(-1)"),
        ("! `~keep` reverses", SCORES + "return s.masked_fill(not keep, float('-inf')).softmax(-1)"),
        ("the_mix_of_states", SCORES + "a = s.masked_fill(~keep, -1e9).softmax(-1)\n"
         "return (a[:, :, None] * states).sum(1)"),
        ("correct", "out = []\nfor q, s, k in zip(h, states, keep):\n"
         "    e = torch.stack([torch.exp(row @ q / len(q) ** 0.5) if ok else torch.zeros((), "
         "dtype=q.dtype) for row, ok in zip(s, k)])\n"
         "    out.append(e / e.sum())\nreturn torch.stack(out)"),
        ("correct", "s = torch.matmul(states, h.unsqueeze(-1)).squeeze(-1) / math.sqrt(h.shape[-1])\n"
         "return F.softmax(torch.where(keep, s, torch.tensor(-torch.inf, dtype=s.dtype)), dim=1)"),
        ("correct", "w = (states @ h[:, :, None])[..., 0].div(h.size(-1) ** 0.5).softmax(-1) * keep\n"
         "return w / w.sum(-1, keepdim=True)"),
        ("infinity_times_zero", SCORES + "return (s + ~keep * -torch.inf).softmax(-1)"),
        ("scaled_by_the_letters", "s = (states @ h[:, :, None])[..., 0] / states.shape[1] ** 0.5\n"
         "return s.masked_fill(~keep, -torch.inf).softmax(-1)"),
        ("the_mix_of_states",
         SCORES + "a = s.masked_fill(~keep, -torch.inf).softmax(-1)\nreturn (a[:, None] @ states)[:, 0]"),
        ("multiplied_by_the_root", "s = (states @ h[:, :, None])[..., 0] * h.shape[-1] ** 0.5\n"
         "return s.masked_fill(~keep, -torch.inf).softmax(-1)"),
        ("a_sigmoid_for_each", SCORES + "return s.masked_fill(~keep, -torch.inf).sigmoid()"),
        ("not_normalized", SCORES + "return s.masked_fill(~keep, -torch.inf).exp()"),
        ("padding_attended", SCORES + "s.masked_fill(~keep, -torch.inf)\nreturn s.softmax(-1)"),
    ],
    "greedy": [
        ("correct", LOOP),
        ("correct", "s = []\nfor _ in range(longest):\n    k = int(np.argmax(next_probabilities(s)))\n"
         "    if k == 2:\n        return s\n    s += [k]\nreturn s"),
        ("end_written", LOOP.replace("    if best == 2:\n        break\n    signs.append(best)",
                                     "    signs.append(best)\n    if best == 2:\n        break")),
        ("never_stops", LOOP.replace("    if best == 2:\n        break\n", "")),
        ("nothing_fed_back", LOOP.replace("next_probabilities(signs)", "next_probabilities([])")),
        ("last_letter_alone", LOOP.replace("next_probabilities(signs)", "next_probabilities(signs[-1:])")),
        ("one_too_few", LOOP.replace("< longest", "< longest - 1")),
        ("probabilities_kept", "signs, kept = [], []\nwhile len(signs) < longest:\n    p = next_probabilities(signs)\n"
         "    if p.index(max(p)) == 2:\n        break\n    signs.append(p.index(max(p)))\n    kept.append(max(p))\n"
         "return kept"),
        ("! ", "[]"),
        ("asked_once", "next_probabilities([])"),
        ("least_likely", LOOP.replace("max(range", "min(range")),
        ("correct", "s = []\nwhile True:\n    p = torch.tensor(next_probabilities(s))\n    k = p.argmax()\n"
         "    if k == 2 or len(s) == longest:\n        return s\n    s.append(k)"),
        ("longest_ignored", LOOP.replace("len(signs) < longest", "True")),
        ("first_letter_alone", LOOP.replace("\nreturn signs", "\n    return signs")),
        ("begin_written", LOOP.replace("signs = []", "signs = [1]").replace("< longest", "<= longest") + "[1:]"),
        ("correct", "def go(signs):\n    if len(signs) == longest:\n        return signs\n"
         "    p = next_probabilities(signs)\n    k = max(enumerate(p), key=lambda e: e[1])[0]\n"
         "    return signs if k == END else go([*signs, k])\nreturn go([])"),
        ("correct", "s = []\n"
         "while len(s) < longest and (k := int(torch.tensor(next_probabilities(s)).argmax())) != END:\n"
         "    s.append(k)\nreturn tuple(s)"),
        ("correct", "s = []\nfor n in range(longest):\n    p = next_probabilities(s)\n    best = 0\n"
         "    for k in range(1, len(p)):\n        if p[k] > p[best]:\n            best = k\n"
         "    if best == END:\n        return s\n    s = s + [best]\nreturn np.array(s)"),
        ("one_too_many", "signs = []\nwhile len(signs) <= longest:\n    p = next_probabilities(signs)\n"
         "    best = max(range(len(p)), key=p.__getitem__)\n    if best == 2:\n        break\n"
         "    signs.append(best)\nreturn signs"),
        ("begin_kept", "signs = [1]\nwhile len(signs) <= longest:\n    p = next_probabilities(signs)\n"
         "    best = max(range(len(p)), key=p.__getitem__)\n    if best == 2:\n        break\n"
         "    signs.append(best)\nreturn signs"),
        ("last_sign_first", "signs = []\nfor _ in range(longest):\n    p = next_probabilities(signs[::-1])\n"
         "    k = p.index(max(p))\n    if k == END:\n        break\n    signs.insert(0, k)\nreturn signs"),
    ],
    "beam_step": [
        ("correct", GROWN + "return sorted(grown, key=lambda g: g[1], reverse=True)[:width]"),
        ("correct", GROWN + "grown.sort(key=lambda g: -g[1])\nreturn grown[:width]"),
        ("correct", GROWN + "return [grown[k] for k in np.argsort([-g[1] for g in grown])[:width]]"),
        ("the_best_of_each", "best = []\nfor text, log in beam:\n    p = next_logs(text)\n"
         "    best.append((text + (p.index(max(p)),), log + max(p)))\n"
         "return sorted(best, key=lambda g: -g[1])[:width]"),
        ("logs_multiplied", GROWN.replace("log + p", "log * p") + "return sorted(grown, key=lambda g: -g[1])[:width]"),
        ("past_forgotten", GROWN.replace("log + p", "p") + "return sorted(grown, key=lambda g: -g[1])[:width]"),
        ("worst_kept", GROWN + "return sorted(grown, key=lambda g: g[1])[:width]"),
        ("nothing_pruned", GROWN + "return sorted(grown, key=lambda g: -g[1])"),
        ("best_last", GROWN + "return sorted(grown, key=lambda g: g[1])[-width:]"),
        ("log_before_text", GROWN.replace("text + (k,), log + p", "log + p, text + (k,)")
         + "return sorted(grown, reverse=True)[:width]"),
        ("sorted_by_text", GROWN + "return sorted(grown)[:width]"),
        ("cut_before_sorted", GROWN + "return sorted(grown[:width], key=lambda g: -g[1])"),
        ("texts_alone", GROWN + "return [text for text, log in sorted(grown, key=lambda g: -g[1])[:width]]"),
        ("! ", GROWN + "return grown[:1]"),
        ("sorted_by_text", GROWN + "return sorted(grown, reverse=True)[:width]"),
        ("width_for_each", "out = []\nfor text, log in beam:\n"
         "    more = [(text + (k,), log + p) for k, p in enumerate(next_logs(text))]\n"
         "    out += sorted(more, key=lambda g: -g[1])[:width]\nreturn out"),
        ("sign_in_front",
         GROWN.replace("text + (k,)", "(k, *text)") + "return sorted(grown, key=lambda g: -g[1])[:width]"),
        ("correct", "import heapq\n"
         "grown = [(text + (k,), log + p) for text, log in beam for k, p in "
         "enumerate(next_logs(text))]\n"
         "return heapq.nlargest(width, grown, key=lambda g: g[1])"),
        ("correct", "import itertools\n"
         "pairs = itertools.chain.from_iterable(((text + (k,), log + p) for k, p in "
         "enumerate(next_logs(text))) for text, log in beam)\n"
         "return tuple(sorted(pairs, key=lambda g: g[1])[::-1][:width])"),
        ("correct", "grown = []\nfor text, log in beam:\n    for k, p in enumerate(next_logs(text)):\n"
         "        grown.append([list(text) + [k], log + p])\nbest = []\n"
         "while grown and len(best) < width:\n    top = max(grown, key=lambda g: g[1])\n"
         "    grown.remove(top)\n    best.append(top)\nreturn best"),
        ("best_alone", GROWN + "return [max(grown, key=lambda g: g[1])]"),
        ("texts_alone", GROWN + "return [g[0] for g in sorted(grown, key=lambda g: -g[1])[:width]]"),
        ("mean_of_the_logs", "grown = [(text + (k,), (log + p) / (len(text) + 1)) for text, log in beam for k, p in "
         "enumerate(next_logs(text))]\n"
         "return sorted(grown, key=lambda g: -g[1])[:width]"),
        ("probabilities_for_logs", "grown = [(text + (k,), math.exp(log + p)) for text, log in beam for k, p in "
         "enumerate(next_logs(text))]\n"
         "return sorted(grown, key=lambda g: -g[1])[:width]"),
        ("! `(*text, sign)`",
         "grown = [(text + k, log + p) for text, log in beam for k, p in enumerate(next_logs(text))]\n"
         "return sorted(grown, key=lambda g: -g[1])[:width]"),
    ],
}  # fmt: skip
