"""Answers to the exercises of lesson 13."""

HELD = "held = np.concatenate([[0], signal[:-1]])\n"
ROWS = "return np.array([[v[t], {}, {}] for t in range(21, len(v))])"

ANSWERS = {
    "log_returns": [
        ("correct", "np.log(prices[1:] / prices[:-1]) * 100"),
        ("correct", "[100 * math.log(b / a) for a, b in zip(prices, prices[1:])]"),
        ("correct", "logs = torch.tensor(prices).log()\nreturn 100 * (logs[1:] - logs[:-1])"),
        ("correct", "dict(enumerate(100 * np.diff(np.log(prices)))).values()"),
        ("correct", "logs = torch.tensor(prices.tolist()).log()\nreturn 100 * (logs[1:] - logs[:-1])"),
        ("simple_returns", "100 * np.diff(prices) / prices[:-1]"),
        ("simple_returns", "(prices[1:] / prices[:-1] - 1) * 100"),
        ("not_in_percent", "np.log(prices[1:] / prices[:-1])"),
        ("sign_reversed", "100 * np.log(prices[:-1] / prices[1:])"),
        ("points", "prices[1:] - prices[:-1]"),
        ("points_in_percent", "100 * np.diff(prices)"),
        ("logarithm_of_another_base", "100 * np.log10(prices[1:] / prices[:-1])"),
        ("from_the_first_day", "100 * (np.log(prices) - np.log(prices[0]))[1:]"),
        ("a_day_too_many", "100 * np.log(prices / np.roll(prices, 1))"),
        ("a_day_too_many", "100 * np.diff(np.log(prices), prepend=np.log(prices[0]))"),
        ("simple_returns_as_shares", "np.diff(prices) / prices[:-1]"),
        ("logarithms_alone", "np.log(prices)"),
        ("correct", "logs = [math.log(p) for p in prices]\n"
         "return [100 * (logs[k] - logs[k - 1]) for k in range(1, len(logs))]"),
        ("correct", "100 * np.log1p(np.diff(prices) / prices[:-1])"),
        ("correct", "import itertools\nreturn tuple(100 * math.log(b / a) for a, b in itertools.pairwise(prices))"),
        ("simple_returns_as_shares", "(prices[1:] - prices[:-1]) / prices[:-1]"),
        ("share_of_todays_price", "100 * (prices[1:] - prices[:-1]) / prices[1:]"),
        ("logarithm_of_the_difference", "100 * np.log(np.diff(prices))"),
        ("begins_with_nan", "logs = np.log(prices)\nreturn 100 * np.concatenate([[np.nan], logs[1:] - logs[:-1]])"),
        ("logarithm_of_another_base", "100 * np.diff(np.log2(prices))"),
    ],
    "skill": [
        ("correct", "1 - np.mean((prices[1:] - forecast[1:]) ** 2) / np.mean(np.diff(prices) ** 2)"),
        ("correct", "a = sum((p - f) ** 2 for p, f in zip(prices[1:], forecast[1:]))\n"
                    "return 1 - a / sum((q - p) ** 2 for p, q in zip(prices, prices[1:]))"),
        ("usual_r2", "1 - np.mean((prices - forecast) ** 2) / prices.var()"),
        ("usual_r2_without_the_first_day", "1 - np.mean((prices - forecast)[1:] ** 2) / prices[1:].var()"),
        ("ratio", "((prices - forecast)[1:] ** 2).sum() / (np.diff(prices) ** 2).sum()"),
        ("upside_down", "1 - (np.diff(prices) ** 2).sum() / ((prices - forecast)[1:] ** 2).sum()"),
        ("absolute_errors", "1 - np.abs((prices - forecast)[1:]).sum() / np.abs(np.diff(prices)).sum()"),
        ("forecast_of_yesterday", "1 - ((forecast[1:] - prices[:-1]) ** 2).sum() / (np.diff(prices) ** 2).sum()"),
        ("roots", "1 - (((prices - forecast)[1:] ** 2).sum() / (np.diff(prices) ** 2).sum()) ** 0.5"),
        ("rolled", "1 - ((prices - forecast) ** 2).sum() / ((prices - np.roll(prices, 1)) ** 2).sum()"),
        ("! leave out the first day", "1 - ((prices - forecast) ** 2).sum() / ((prices - prices[:-1]) ** 2).sum()"),
        ("! is not the expected one", "((prices - forecast) ** 2).sum()"),
        ("correct", "before, came, said = prices[:-1], prices[1:], forecast[1:]\n"
         "return 1 - np.square(came - said).sum() / np.square(came - before).sum()"),
        ("correct", "p, f = torch.tensor(prices), torch.tensor(forecast)\n"
         "return (1 - F.mse_loss(f[1:], p[1:]) / F.mse_loss(p[:-1], p[1:])).item()"),
        ("correct", "a = b = 0\nfor t in range(1, len(prices)):\n    a += (prices[t] - forecast[t]) ** 2\n"
         "    b += (prices[t] - prices[t - 1]) ** 2\nreturn (b - a) / b"),
        ("first_day_in_the_error", "1 - ((prices - forecast) ** 2).sum() / (np.diff(prices) ** 2).sum()"),
        ("first_day_in_the_mean", "1 - ((prices - forecast) ** 2).mean() / (np.diff(prices) ** 2).mean()"),
        ("moves_of_the_forecast",
         "1 - ((prices - forecast)[1:] ** 2).sum() / ((forecast[1:] - prices[:-1]) ** 2).sum()"),
        ("mean_of_ratios", "1 - np.mean((prices[1:] - forecast[1:]) ** 2 / np.diff(prices) ** 2)"),
        ("error_alone", "np.sum((prices[1:] - forecast[1:]) ** 2)"),
        ("errors_not_squared", "1 - (prices[1:] - forecast[1:]).sum() / np.diff(prices).sum()"),
        ("forecast_of_the_day_before",
         "1 - ((prices[1:] - forecast[:-1]) ** 2).sum() / (np.diff(prices) ** 2).sum()"),
    ],
    "strategy": [
        ("correct", "held = np.roll(signal, 1)\nheld[0] = 0\n"
                    "return held * returns - cost * np.abs(held - np.concatenate([[0], held[:-1]]))"),
        ("correct", "out, held = [], 0\nfor t in range(len(signal)):\n    new = signal[t - 1] if t else 0\n"
                    "    out.append(new * returns[t] - cost * abs(new - held))\n    held = new\nreturn out"),
        ("seen_in_advance", "signal * returns - cost * np.abs(np.diff(signal, prepend=0))"),
        ("seen_in_advance_and_free", "returns * signal"),
        ("seen_in_advance", HELD + "return signal * returns - cost * np.abs(np.diff(held, prepend=0))"),
        ("signal_of_tomorrow", "h = np.roll(signal, -1)\nreturn h * returns - cost * np.abs(np.diff(h, prepend=0))"),
        ("free_of_cost", HELD + "return held * returns"),
        ("cost_of_each_day", HELD + "return held * returns - cost * (held != 0)"),
        ("cost_of_a_change_whatever_its_size",
         HELD + "return held * returns - cost * (held != np.concatenate([[0], held[:-1]]))"),
        ("sales_pay_you", HELD + "return held * returns - cost * np.diff(held, prepend=0)"),
        ("cost_added", HELD + "return held * returns + cost * np.abs(np.diff(held, prepend=0))"),
        ("costs_a_day_early", HELD + "return held * returns - cost * np.abs(np.diff(signal, prepend=0))"),
        ("first_trade_free",
         HELD + "new = np.abs(np.diff(held, prepend=0))\nnew[1] = 0\nreturn held * returns - cost * new"),
        ("sum_of_all", HELD + "return (held * returns - cost * np.abs(np.diff(held, prepend=0))).sum()"),
        ("! is of another shape", "signal[:-1] * returns[1:]"),
        ("correct", "n = len(signal)\nout = np.zeros(n)\nfor t in range(1, n):\n"
         "    old = signal[t - 2] if t > 1 else 0\n"
         "    out[t] = signal[t - 1] * returns[t] - cost * abs(signal[t - 1] - old)\nreturn out"),
        ("correct", "held = np.r_[0, signal[:-1]]\nbefore = np.r_[0, held[:-1]]\n"
         "return held * returns - cost * abs(held - before)"),
        ("correct", "from itertools import pairwise\nheld = [0, 0, *signal[:-1]]\n"
         "return [b * r - cost * abs(b - a) for (a, b), r in zip(pairwise(held), returns)]"),
        ("last_signal_on_the_first_day",
         "held = np.roll(signal, 1)\nreturn held * returns - cost * np.abs(np.diff(held, prepend=0))"),
        ("added_up_day_by_day", HELD + "return np.cumsum(held * returns - cost * np.abs(np.diff(held, prepend=0)))"),
        ("signal_of_tomorrow", "held = np.append(signal[1:], 0)\n"
         "return held * returns - cost * np.abs(np.diff(held, prepend=0))"),
        ("first_day_missing",
         "held = signal[:-1]\nreturn held * returns[1:] - cost * np.abs(np.diff(held, prepend=0))"),
        ("cost_as_a_factor", HELD + "return held * returns * (1 - cost)"),
        ("cost_every_day", HELD + "return held * returns - cost"),
    ],
    "har_features": [
        ("correct", "mean = lambda n: np.convolve(v, np.ones(n) / n, 'valid')\n"
                    "return np.stack([v[21:], mean(5)[17:], mean(22)], axis=1)"),
        ("correct", "w = np.lib.stride_tricks.sliding_window_view(v, 22)\n"
                    "return np.stack([w[:, -1], w[:, -5:].mean(1), w.mean(1)], 1)"),
        ("correct", "return [[v[t], sum(v[t - 4:t + 1]) / 5, sum(v[t - 21:t + 1]) / 22] for t in range(21, len(v))]"),
        ("today_left_out", ROWS.format("v[max(t - 5, 0):t].mean()", "v[max(t - 22, 0):t].mean()")),
        ("past_alone", ROWS.replace("v[t]", "v[t - 1]").format("v[t - 5:t].mean()", "v[t - 22:t].mean()")),
        ("slice_a_day_short", ROWS.format("v[t - 4:t].mean()", "v[t - 21:t].mean()")),
        ("centered", ROWS.format("v[t - 2:t + 3].mean()", "v[t - 11:t + 11].mean()")),
        ("tomorrow_among_them", ROWS.format("v[t - 3:t + 2].mean()", "v[t - 20:t + 2].mean()")),
        ("week_of_seven", ROWS.format("v[t - 6:t + 1].mean()", "v[t - 21:t + 1].mean()")),
        ("month_of_thirty", ROWS.format("v[t - 4:t + 1].mean()", "v[max(t - 29, 0):t + 1].mean()")),
        ("sums", ROWS.format("v[t - 4:t + 1].sum()", "v[t - 21:t + 1].sum()")),
        ("one_column_of_ones",
         "return np.array([[1, v[t], v[t - 4:t + 1].mean(), v[t - 21:t + 1].mean()] for t in range(21, len(v))])"),
        ("other_order",
         "return np.array([[v[t - 21:t + 1].mean(), v[t - 4:t + 1].mean(), v[t]] for t in range(21, len(v))])"),
        ("rows_and_columns_swapped", ROWS.format("v[t - 4:t + 1].mean()", "v[t - 21:t + 1].mean()") + ".T"),
        ("! begin all of them on day 21",
         "mean = lambda n: np.convolve(v, np.ones(n) / n, 'valid')\nreturn np.stack([v, mean(5), mean(22)], axis=1)"),
        ("correct", "c = np.cumsum(np.insert(v, 0, 0))\nt = np.arange(22, len(v) + 1)\n"
         "return np.column_stack([v[t - 1], (c[t] - c[t - 5]) / 5, (c[t] - c[t - 22]) / 22])"),
        ("correct", "out = []\nfor t in range(21, len(v)):\n"
         "    out.append((v[t], np.mean(v[t - 4:t + 1]), np.mean(v[t - 21:t + 1])))\n"
         "return np.array(out)"),
        ("correct", "w = torch.tensor(v).unfold(0, 22, 1)\n"
         "return torch.stack([w[:, -1], w[:, -5:].mean(1), w.mean(1)], 1)"),
        ("last_row_missing", "[[v[t - 1], v[t - 5:t].mean(), v[t - 22:t].mean()] for t in range(22, len(v))]"),
        ("last_row_missing",
         "return np.array([[v[t], v[t - 4:t + 1].mean(), v[t - 21:t + 1].mean()] for t in range(21, "
         "len(v) - 1)])"),
        ("first_row_missing",
         "return np.array([[v[t], v[t - 4:t + 1].mean(), v[t - 21:t + 1].mean()] for t in range(22, "
         "len(v))])"),
        ("a_day_short", "return np.array([[v[t], v[t - 3:t + 1].mean(), v[t - 20:t + 1].mean()] for t in range(21, "
         "len(v))])"),
        ("six_days_and_twenty_three",
         "return np.array([[v[t], v[t - 5:t + 1].mean(), v[t - 22:t + 1].mean()] for t in range(21, "
         "len(v))])"),
        ("week_forgotten", "np.array([[v[t], v[t - 21:t + 1].mean()] for t in range(21, len(v))])"),
        ("today_left_out",
         "return np.array([[v[t], v[t - 5:t].mean(), v[t - 22:t].mean()] for t in range(21, len(v))])"),
        ("windows_begin_today",
         "np.array([[v[t], v[t:t + 5].mean(), v[t:t + 22].mean()] for t in range(len(v) - 21)])"),
    ],
    "qlike": [
        ("correct", "truth / forecast - np.log(truth) + np.log(forecast) - 1"),
        ("correct", "[t / f - math.log(t / f) - 1 for t, f in zip(truth, forecast)]"),
        ("correct", "r = torch.tensor(truth / forecast)\nreturn r - r.log() - 1"),
        ("ratio_upside_down", "forecast / truth - np.log(forecast / truth) - 1"),
        ("one_left_in", "truth / forecast - np.log(truth / forecast)"),
        ("logarithm_added", "truth / forecast + np.log(truth / forecast) - 1"),
        ("logarithm_added", "truth / forecast - np.log(forecast / truth) - 1"),
        ("logarithm_of_another_base", "truth / forecast - np.log10(truth / forecast) - 1"),
        ("squared_error", "np.square(forecast - truth)"),
        ("squared_log_ratio", "(np.log(truth) - np.log(forecast)) ** 2"),
        ("gaussian", "np.log(forecast) + truth / forecast"),
        ("mean_of_all", "np.mean(truth / forecast - np.log(truth / forecast) - 1)"),
        ("! take one number", "truth / forecast - math.log(truth / forecast) - 1"),
        ("correct", "x = np.log(truth) - np.log(forecast)\nreturn np.exp(x) - x - 1"),
        ("correct", "out = np.empty(len(truth))\nfor k, (t, f) in enumerate(zip(truth, forecast)):\n"
         "    out[k] = t / f - math.log(t / f) - 1\nreturn out"),
        ("correct", "import scipy.special as s\nr = truth / forecast\nreturn s.expm1(np.log(r)) - np.log(r)"),
        ("sign_reversed", "np.log(truth / forecast) - truth / forecast + 1"),
        ("mean_of_all", "(truth / forecast - np.log(truth / forecast) - 1).sum()"),
        ("ratio_left_out", "-np.log(truth / forecast) - 1"),
        ("logarithm_left_out", "truth / forecast - 1"),
        ("logarithm_of_another_base", "truth / forecast - np.log2(truth / forecast) - 1"),
    ],
    "kupiec": [
        ("correct", "p = hits / days\n"
                    "return 2 * (hits * np.log(p / share) + (days - hits) * np.log((1 - p) / (1 - share)))"),
        ("correct", "from scipy.stats import binom\nL = lambda p: binom.logpmf(hits, days, p)\n"
                    "return 2 * (L(hits / days) - L(share))"),
        ("correct", "L = lambda p: hits * torch.tensor(p).log() + (days - hits) * torch.tensor(1 - p).log()\n"
         "return 2 * (L(hits / days) - L(share))"),
        ("not_doubled", "L = lambda p: hits * math.log(p) + (days - hits) * math.log(1 - p)\n"
                        "return L(hits / days) - L(share)"),
        ("negative", "L = lambda p: hits * math.log(p) + (days - hits) * math.log(1 - p)\n"
                     "return 2 * (L(share) - L(hits / days))"),
        ("quiet_days_left_out", "2 * hits * math.log(hits / days / share)"),
        ("all_days_quiet", "L = lambda p: hits * math.log(p) + days * math.log(1 - p)\n"
                           "return 2 * (L(hits / days) - L(share))"),
        ("logarithm_to_base_ten", "L = lambda p: hits * math.log10(p) + (days - hits) * math.log10(1 - p)\n"
                                  "return 2 * (L(hits / days) - L(share))"),
        ("likelihood_of_the_promise", "hits * math.log(share) + (days - hits) * math.log(1 - share)"),
        ("normal_score", "(hits - days * share) / math.sqrt(days * share * (1 - share))"),
        ("squared_normal_score", "(hits - days * share) ** 2 / (days * share * (1 - share))"),
        ("share_of_breaches", "hits / days"),
        ("expected_breaches", "hits - days * share"),
        ("correct", "a = hits * math.log(share) + (days - hits) * math.log1p(-share)\np = hits / days\n"
         "b = hits * math.log(p) + (days - hits) * math.log1p(-p)\nreturn -2 * (a - b)"),
        ("correct", "from scipy.special import xlogy\nL = lambda p: xlogy(hits, p) + xlogy(days - hits, 1 - p)\n"
         "return 2 * (L(hits / days) - L(share))"),
        ("correct", "import scipy.stats as s\n"
         "return s.power_divergence([hits, days - hits], [days * share, days * (1 - share)], "
         "lambda_='log-likelihood').statistic"),
        ("p_value", "from scipy.stats import chi2\np = hits / days\n"
         "lr = 2 * (hits * math.log(p / share) + (days - hits) * math.log((1 - p) / (1 - share)))\n"
         "return chi2.sf(lr, 1)"),
        ("best_fit_alone", "p = hits / days\nreturn hits * math.log(p) + (days - hits) * math.log(1 - p)"),
    ],
}  # fmt: skip
