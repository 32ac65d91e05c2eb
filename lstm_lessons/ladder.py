"""The same LSTM made faster, one idea per rung.

Each rung computes what `torch.nn.LSTM` computes, from the same weights. Read them from the top, side by side:

1. `naive_layer`: the equations, gate by gate. Eight matrix products a step.
2. `fused_gates_layer`: the four gates in one product. Two products a step.
3. `hoisted_layer`: W_ih x_t waits for no state, so all steps go into one product.
4. `own_bptt_layer`: the backward pass written by hand. One product per weight gradient.
5. `PackedLSTM`: all of this for sequences of unequal length; a drop-in for
   `torch.nn.LSTM` on a `PackedSequence`.

The first four are functions with one signature, ``layer(x, state, weights)``, for one layer in one direction. `run`
builds a whole network of them.

Letters in the shapes: T time steps, B sequences in the batch, N real steps of all sequences together, I inputs, H
hidden units, L layers, D directions (1 or 2).

Sources: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory" (Neural Computation, 1997), for the cell; P. Werbos,
"Backpropagation through time" (Proceedings of the IEEE, 1990), for the backward pass; J. Appleyard, T. Kočiský and P.
Blunsom, "Optimizing Performance of Recurrent Neural Networks on GPUs" (2016), for one product in place of many.
"""

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, linear
from torch.nn.utils.rnn import PackedSequence

from lstm_lessons.cell import (
    LSTM,
    State,
    check_lstm,
    check_sequence,
    initial_state,
    is_autocast,
    is_single,
    layer_fault,
    prepare,
    restore_layout,
    weights_of,
    written,
)

Layer = Callable[[Tensor, State, Sequence[Tensor]], tuple[Tensor, State]]
"""One layer in one direction.

Takes x of shape (T, B, I); the initial h and c, shape (B, H) each; and weight_ih (4H, I),
weight_hh (4H, H) and, with biases, bias_ih and bias_hh (4H,), in the gate order i, f, g, o.
Returns h at every step, shape (T, B, H), and the final h and c, shape (B, H) each. Raises a
TypeError or ValueError that names the argument that does not fit.
"""


# Rung 1


def naive_layer(x: Tensor, state: State, weights: Sequence[Tensor]) -> tuple[Tensor, State]:
    """The equations as they are printed: eight matrix products a step. See `Layer`."""
    h, c = checked_state(x, state, weights)
    weight_ih, weight_hh, bias = joined(weights)
    W_ii, W_if, W_ig, W_io = weight_ih.chunk(4)  # (H, I) each
    W_hi, W_hf, W_hg, W_ho = weight_hh.chunk(4)  # (H, H) each
    b_i, b_f, b_g, b_o = bias.chunk(4)  # (H,) each
    hs = []
    for x_t in x:
        # i_t = σ(W_ii x_t + W_hi h_{t-1} + b_i), and so on
        i = torch.sigmoid(x_t @ W_ii.T + h @ W_hi.T + b_i)
        f = torch.sigmoid(x_t @ W_if.T + h @ W_hf.T + b_f)
        g = torch.tanh(x_t @ W_ig.T + h @ W_hg.T + b_g)
        o = torch.sigmoid(x_t @ W_io.T + h @ W_ho.T + b_o)
        # c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t,   h_t = o_t ⊙ tanh(c_t)
        c = f * c + i * g
        h = o * torch.tanh(c)
        hs.append(h)
    return torch.stack(hs), (h, c)


# Rung 2


def fused_gates_layer(x: Tensor, state: State, weights: Sequence[Tensor]) -> tuple[Tensor, State]:
    """The four gates in one product: two matrix products a step. See `Layer`."""
    h, c = checked_state(x, state, weights)
    weight_ih, weight_hh, bias = joined(weights)
    hs = []
    for x_t in x:
        # z_t = W_ih x_t + b + W_hh h_{t-1}
        z = linear(x_t, weight_ih, bias) + linear(h, weight_hh)  # (B, 4H)
        h, c = gates_to_state(z, c)
        hs.append(h)
    return torch.stack(hs), (h, c)


# Rung 3


def hoisted_layer(x: Tensor, state: State, weights: Sequence[Tensor]) -> tuple[Tensor, State]:
    """The input projection of all steps in one product, before the loop. See `Layer`."""
    h, c = checked_state(x, state, weights)
    weight_ih, weight_hh, bias = joined(weights)
    hs = []
    # W_ih x_t + b for every t: it needs no h_{t-1}
    for projected in linear(x, weight_ih, bias):  # (T, B, 4H)
        # z_t = (W_ih x_t + b) + W_hh h_{t-1}
        z = torch.addmm(projected, h, weight_hh.T)  # (B, 4H)
        h, c = gates_to_state(z, c)
        hs.append(h)
    return torch.stack(hs), (h, c)


# Rung 4


def own_bptt_layer(x: Tensor, state: State, weights: Sequence[Tensor]) -> tuple[Tensor, State]:
    """Forward and backward pass by hand, without a graph of small steps. See `Layer`.

    There are no gradients of gradients: ``create_graph=True`` raises a RuntimeError, and so does what else `PackedLSTM`
    lacks.
    """
    refuse_transforms()
    state = checked_state(x, state, weights)
    h, c_n = BackpropagationThroughTime.apply(x, *state, *joined(weights))
    return h, (h[-1], c_n)


def forward_by_hand(method: Callable) -> Callable:
    """Make a method the forward pass of an `autograd.Function`, with autocast off.

    Its tensors work in place, and a product in bfloat16 does not fit into float32.
    """

    @staticmethod
    @functools.wraps(method)
    def forward(ctx, x, *others):
        with autocast_off(x.device):
            return method(ctx, x, *others)

    return forward


def backward_by_hand(method: Callable) -> Callable:
    """Make a method the backward pass of an `autograd.Function`, with autocast off.

    It works in place, so autograd cannot follow it. PyTorch's `once_differentiable` says so only if the gradients that
    come in have a graph; without one, as after ``output.sum()``, gradients of gradients would silently miss a part. So
    ``create_graph=True`` is refused.
    """

    @staticmethod
    @functools.wraps(method)
    def backward(ctx, gradient, *others):
        refuse_transforms(gradient, *others)
        if torch.is_grad_enabled():
            raise RuntimeError(
                "this LSTM has no gradients of gradients: leave out create_graph=True, or take lstm_lessons.cell.LSTM"
            )
        with autocast_off(gradient.device):
            return method(ctx, gradient, *others)

    return backward


def refuse_transforms(*gradients: Tensor) -> None:
    """Say in words what has no way through a pass by hand; PyTorch speaks of `setup_context`."""
    if (
        any(map(torch._C._functorch.is_legacy_batchedtensor, gradients))
        or torch._C._are_functorch_transforms_active()
        or torch.autograd.forward_ad._current_level >= 0
        or torch.jit.is_tracing()
        or torch.compiler.is_exporting()
    ):
        raise RuntimeError(
            "this LSTM has no torch.func transforms (grad, vmap, ...), no vectorized and no forward-mode derivatives, "
            "no torch.jit.trace and no torch.export: take lstm_lessons.cell.LSTM"
        )


class BackpropagationThroughTime(torch.autograd.Function):
    """One layer in one direction whose gradients are the equations of BPTT."""

    @forward_by_hand
    def forward(ctx, x, h_0, c_0, weight_ih, weight_hh, bias):
        steps, batch, _ = x.shape
        hidden = weight_hh.size(1)
        h = x.new_empty(steps + 1, batch, hidden)  # h[t + 1] is h_t, and h[0] the initial state
        c = x.new_empty(steps + 1, batch, hidden)
        tanh_c = x.new_empty(steps, batch, hidden)
        h[0], c[0] = h_0, c_0
        # z_t = W_ih x_t + b; the loop adds W_hh h_{t-1}, then turns z into the gates in place.
        z = linear(x, weight_ih, bias)  # (T, B, 4H)
        i, f, g, o = z.view(steps, batch, 4, hidden).unbind(2)  # (T, B, H) each
        i_and_f = z[..., : 2 * hidden]
        for t in range(steps):
            z[t].addmm_(h[t], weight_hh.T)
            i_and_f[t].sigmoid_()
            g[t].tanh_()
            o[t].sigmoid_()
            # c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
            torch.mul(f[t], c[t], out=c[t + 1]).addcmul_(i[t], g[t])
            # h_t = o_t ⊙ tanh(c_t)
            torch.tanh(c[t + 1], out=tanh_c[t])
            torch.mul(o[t], tanh_c[t], out=h[t + 1])
        ctx.save_for_backward(x, weight_ih, weight_hh, z, h, c, tanh_c)
        return h[1:].clone(), c[-1].clone()

    @backward_by_hand
    def backward(ctx, grad_h, grad_c_n):
        x, weight_ih, weight_hh, gates, h, c, tanh_c = ctx.saved_tensors
        steps, batch, hidden = tanh_c.shape
        i, f, g, o = gates.view(steps, batch, 4, hidden).unbind(2)

        # What one step does, for all steps at once: ∂c_t/∂z_t for i, f, g and ∂h_t/∂z_t for o.
        dz = torch.empty_like(gates)
        by_gate = dz.view(steps, batch, 4, hidden)
        torch.mul(i - i * i, g, out=by_gate[:, :, 0])  # i (1 - i) g
        torch.mul(f - f * f, c[:-1], out=by_gate[:, :, 1])  # f (1 - f) c_{t-1}
        torch.mul(1 - g * g, i, out=by_gate[:, :, 2])  # (1 - g²) i
        torch.mul(o - o * o, tanh_c, out=by_gate[:, :, 3])  # o (1 - o) tanh(c_t)
        dh_dc = (1 - tanh_c * tanh_c) * o  # ∂h_t/∂c_t = o (1 - tanh²(c_t))

        dh = grad_h.clone()
        dc = grad_c_n.clone()
        for t in reversed(range(steps)):
            if t < steps - 1:
                # ∂L/∂h_t = its own share + W_hhᵀ ∂L/∂z_{t+1}
                dh[t].addmm_(dz[t + 1], weight_hh)
            # ∂L/∂c_t = f_{t+1} ⊙ ∂L/∂c_{t+1} + ∂h_t/∂c_t ⊙ ∂L/∂h_t
            dc.addcmul_(dh[t], dh_dc[t])
            by_gate[t, :, :3].mul_(dc.unsqueeze(1))
            by_gate[t, :, 3].mul_(dh[t])
            dc.mul_(f[t])

        # ∂L/∂W = Σ_t ∂L/∂z_t · (what W was multiplied with)ᵀ: one product for all steps.
        rows = dz.flatten(0, 1)  # (T·B, 4H)
        dx = (rows @ weight_ih).view_as(x) if ctx.needs_input_grad[0] else None
        d_weight_ih = rows.T @ x.flatten(0, 1)
        d_weight_hh = rows.T @ h[:-1].flatten(0, 1)
        return dx, dz[0] @ weight_hh, dc, d_weight_ih, d_weight_hh, rows.sum(0)


# Rung 5


class PackedLSTM(LSTM):
    """A fast LSTM for sequences of unequal length; a drop-in for `torch.nn.LSTM` on a CPU.

    Arguments, parameters, call and results are those of `lstm_lessons.cell.LSTM`, which are those of `torch.nn.LSTM`:
    dropout between layers, final states in the order of the sequences as they were before packing. Tensors are taken
    too, (T, B, I), (B, T, I) with `batch_first`, or (T, I).

    It computes and answers in the dtype of its weights, float32 or float64, also under autocast, where `torch.nn.LSTM`
    answers in bfloat16. It is accurate in absolute terms: g and tanh(c) are differences of σ and ½, so at inputs of
    1e-6 its float32 is off by a fifth.

    Raises:
        TypeError: an argument has the wrong type, or the weights another dtype.
        ValueError: an argument has the wrong value, shape or dtype.
        RuntimeError: for what its backward pass by hand does not have: gradients of gradients (``create_graph=True``),
            ``torch.func`` (grad, vmap, ...), vectorized and forward-mode derivatives, ``torch.jit.trace`` and
            ``torch.export``. `lstm_lessons.cell.LSTM` has them all; a trace holds its T steps one by one, so it fits
            sequences of that length alone.
    """

    def forward(self, input: Tensor | PackedSequence, hx: State | None = None) -> tuple[Tensor | PackedSequence, State]:
        """Run over whole sequences, as `lstm_lessons.cell.LSTM.forward` does."""
        refuse_transforms()
        all_weights = weights_of(self)
        dtype = check_dtype(all_weights)
        check_sequence("input", input, self.input_size, self.batch_first, all_weights[0][0])
        rows, batch_sizes = self._rows(input)  # (N, I): the steps, one after the other
        plan = Plan.of(batch_sizes, rows.device)

        batch, hidden = batch_sizes[0], self.hidden_size
        leading = () if is_single(input) else (batch,)
        shape = (self.num_layers * self.num_directions, *leading, hidden)
        h_0, c_0 = initial_state("hx", hx, shape, all_weights[0][0], like=rows)
        order = input.sorted_indices if isinstance(input, PackedSequence) else None
        if order is not None:
            h_0, c_0 = h_0[:, order], c_0[:, order]
        h_0, c_0 = (state.to(dtype).reshape(shape[0], batch, hidden) for state in (h_0, c_0))

        with autocast_off(rows.device):
            rows = rows.to(dtype)
            h_n, c_n = [], []
            for layer in range(self.num_layers):
                if layer > 0:
                    rows = dropout(rows, self.dropout, self.training)
                of_layer = slice(layer * self.num_directions, (layer + 1) * self.num_directions)
                weights = folded([joined(weights) for weights in all_weights[of_layer]])
                # The layer keeps ½h and 2c: no step has to halve or double.
                rows, half_h, twice_c = PackedLayer.apply(rows, h_0[of_layer] / 2, c_0[of_layer] * 2, *weights, plan)
                h_n.append(half_h * 2)
                c_n.append(twice_c / 2)
            h_n, c_n = torch.cat(h_n), torch.cat(c_n)  # (L·D, B, H)

        if isinstance(input, PackedSequence):
            if order is not None:
                h_n, c_n = h_n[:, input.unsorted_indices], c_n[:, input.unsorted_indices]
            return input._replace(data=rows), (h_n, c_n)
        if is_single(input):
            return rows, (h_n.squeeze(1), c_n.squeeze(1))
        output = rows.view(len(batch_sizes), batch, rows.size(1))
        return (output.transpose(0, 1) if self.batch_first else output), (h_n, c_n)

    def _rows(self, input: Tensor | PackedSequence) -> tuple[Tensor, list[int]]:
        """The steps of all sequences as rows, and the number of sequences at each time."""
        if isinstance(input, PackedSequence):
            return input.data, input.batch_sizes.tolist()
        if is_single(input):
            return input, [1] * len(input)
        x = input.transpose(0, 1) if self.batch_first else input
        return x.reshape(-1, x.size(2)), [x.size(1)] * x.size(0)


class Plan(NamedTuple):
    """Where the rows of packed sequences stand: time after time, the longest sequence first."""

    batch_sizes: list[int]  #: how many sequences have a step at each time, T numbers that never grow.
    #: the row of the same sequence as far from its end as this one is from its start, shape (N,).
    #: Mirroring twice changes nothing.
    mirrored: Tensor
    previous: Tensor  #: the row of the step before, counted in rows that begin with the B initial states, shape (N,).
    last: Tensor  #: the row of the last step of each sequence, shape (B,).

    @classmethod
    def of(cls, batch_sizes: list[int], device: torch.device) -> Self:
        """Plan for these batch sizes, as a `PackedSequence` has them."""
        sizes = torch.tensor(batch_sizes)
        batch, rows = batch_sizes[0], torch.arange(sum(batch_sizes))
        start = sizes.cumsum(0) - sizes  # (T,): first row of each time
        # Of a known size, so that it works under FakeTensorMode, where no number is known.
        time = torch.arange(len(sizes)).repeat_interleave(sizes, output_size=len(rows))  # (N,)
        sequence = rows - start[time]  # (N,)
        length = (sizes[:, None] > torch.arange(batch)).sum(0)  # (B,)
        mirrored = start[length[sequence] - 1 - time] + sequence
        # The step before stands as many rows earlier as there were sequences at that time.
        previous = batch + rows - sizes[(time - 1).clamp(min=0)]
        last = start[length - 1] + torch.arange(batch)
        return cls(batch_sizes, *(index.to(device) for index in (mirrored, previous, last)))


def folded(weights: Sequence[tuple[Tensor, Tensor, Tensor]]) -> tuple[Tensor, Tensor, Tensor]:
    """Stack the weights of the directions, scaled so that one σ serves all four gates.

    tanh(z) = 2σ(2z) - 1, so the rows of g are doubled. W_hh meets ½h, so it is doubled. The shapes are (D, 4H, I), (D,
    4H, H) and, of the bias, (D, 1, 4H).
    """
    weight_ih, weight_hh, bias = (torch.stack(kind) for kind in zip(*weights, strict=True))
    scale = bias.new_ones(4, weight_hh.size(2))
    scale[2] = 2  # the rows of g
    scale = scale.view(-1, 1)
    return weight_ih * scale, weight_hh * (2 * scale), (bias * scale.view(-1)).unsqueeze(1)


class PackedLayer(torch.autograd.Function):
    """One layer over packed rows, both directions step by step together.

    The backward direction reads the mirrored rows from the front, so at every time it has the batch size of the forward
    one, and D products become one batched product.

    Below, u = ½h and s = 2c, and q = σ(2z_g) - ½ is half of g. With them the equations are s_t = f ⊙ s_{t-1} + 4 i ⊙ q
    and u_t = o ⊙ r with r = σ(s_t) - ½, half of tanh(c_t).
    """

    @forward_by_hand
    def forward(ctx, rows, u_0, s_0, weight_ih, weight_hh, bias, plan):
        directions, batch, hidden = u_0.shape
        sizes, total = plan.batch_sizes, len(rows)
        both = [rows, rows[plan.mirrored]][:directions]
        x = torch.stack(both)  # (D, N, I)

        # z_t = W_ih x_t + b for all steps: one batched product. The loop turns it into gates.
        z = torch.baddbmm(bias, x, weight_ih.mT)  # (D, N, 4H)
        gates = z.view(directions, total, 4, hidden)
        u, s = x.new_empty(2, directions, batch + total, hidden)  # the B initial states first
        u[:, :batch], s[:, :batch] = u_0, s_0
        r = x.new_empty(directions, total, hidden)

        W = weight_hh.mT  # (D, H, 4H)
        u_t, s_t = u[:, :batch], s[:, :batch]
        steps = (z, *gates.unbind(2), r, u[:, batch:], s[:, batch:])
        for z_t, i, f, q, o, r_t, u_next, s_next in zip(*(whole.split(sizes, dim=1) for whole in steps), strict=True):
            size = z_t.size(1)  # sequences that have ended are the last ones: drop them
            # z_t += W_hh h_{t-1}
            z_t.baddbmm_(u_t[:, :size], W)
            # i, f, o = σ(z), q = σ(z_g) - ½
            z_t.sigmoid_()
            q.sub_(0.5)
            # s_t = f ⊙ s_{t-1} + 4 i ⊙ q
            torch.mul(f, s_t[:, :size], out=s_next).addcmul_(i, q, value=4)
            # r = σ(s_t) - ½
            torch.sigmoid(s_next, out=r_t).sub_(0.5)
            # u_t = o ⊙ r
            torch.mul(o, r_t, out=u_next)
            u_t, s_t = u_next, s_next

        ctx.save_for_backward(x, weight_ih, weight_hh, z, u, s, r)
        ctx.plan = plan
        u, s = u[:, batch:], s[:, batch:]
        both = [u[0], u[-1][plan.mirrored]][:directions]
        return torch.cat(both, 1).mul_(2), u[:, plan.last], s[:, plan.last]

    @backward_by_hand
    def backward(ctx, d_output, d_u_n, d_s_n):
        x, weight_ih, weight_hh, z, u, s, r = ctx.saved_tensors
        plan = ctx.plan
        directions, total, hidden = r.shape
        i, f, q, o = z.view(directions, total, 4, hidden).unbind(2)

        # What one step does, for all steps at once: ∂s_t/∂z_t for i, f, g and ∂u_t/∂z_t for o.
        dz = torch.empty_like(z)
        gates = dz.view(directions, total, 4, hidden)
        torch.addcmul(i, i, i, value=-1, out=gates[:, :, 0]).mul_(q).mul_(4)  # 4 i (1 - i) q
        torch.addcmul(f, f, f, value=-1, out=gates[:, :, 1]).mul_(s[:, plan.previous])
        torch.addcmul(i, i * q, q, value=-4, out=gates[:, :, 2])  # 4 i (¼ - q²)
        torch.addcmul(o, o, o, value=-1, out=gates[:, :, 3]).mul_(r)  # o (1 - o) r
        du_ds = (0.25 - r * r).mul_(o)  # ∂u_t/∂s_t = o (¼ - r²)

        # ∂L/∂u_t from above: from the output, h = 2u, and from the final states.
        both = d_output.chunk(directions, dim=1)
        both = [both[0], both[-1][plan.mirrored]][:directions]
        du = torch.stack(both).mul_(2)  # (D, N, H)
        du[:, plan.last] += d_u_n
        # Going back in time sequences only join, and each starts with its own ∂L/∂s_T.
        ds_all = d_s_n.clone()  # (D, B, H)

        later = None
        steps = (du, du_ds, dz, gates[:, :, :3], gates[:, :, 3], f)
        for du_t, du_ds_t, dz_t, dz_ifg, dz_o, f_t in zip(
            *(reversed(whole.split(plan.batch_sizes, dim=1)) for whole in steps), strict=True
        ):
            if later is not None:
                # ∂L/∂u_t += W_hhᵀ ∂L/∂z_{t+1}
                du_t[:, : later.size(1)].baddbmm_(later, weight_hh)
            # ∂L/∂s_t = f_{t+1} ⊙ ∂L/∂s_{t+1} + ∂u_t/∂s_t ⊙ ∂L/∂u_t
            ds = ds_all[:, : du_t.size(1)].addcmul_(du_t, du_ds_t)
            # ∂L/∂z_t
            dz_ifg.mul_(ds.unsqueeze(2))
            dz_o.mul_(du_t)
            ds.mul_(f_t)
            later = dz_t

        # ∂L/∂W = Σ_t ∂L/∂z_t · (what W was multiplied with)ᵀ: one product for all steps.
        d_weight_ih = dz.mT @ x  # (D, 4H, I)
        d_weight_hh = dz.mT @ u[:, plan.previous]  # (D, 4H, H)
        d_rows = None
        if ctx.needs_input_grad[0]:
            dx = dz @ weight_ih  # (D, N, I)
            d_rows = dx[0] if directions == 1 else dx[0] + dx[1][plan.mirrored]
        d_bias = dz.sum(1, keepdim=True)
        return d_rows, later @ weight_hh, ds_all, d_weight_ih, d_weight_hh, d_bias, None


# Shared by the rungs


def checked_state(x: Tensor, state: State, weights: Sequence[Tensor]) -> State:
    """The initial h and c of a layer whose arguments fit; see `Layer`."""
    if fault := layer_fault(x, state, weights):
        raise fault
    return state


def joined(weights: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """The two weights and the sum of the two bias vectors; zeros without biases."""
    weight_ih, weight_hh, *biases = [weight for weight in weights if weight is not None]
    bias = sum(biases) if biases else weight_ih.new_zeros(len(weight_ih))
    return weight_ih, weight_hh, bias


def gates_to_state(z: Tensor, c: Tensor) -> State:
    """From z_t, shape (B, 4H), and c_{t-1} to h_t and c_t, shape (B, H) each."""
    z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)
    # c_t = σ(z_f) ⊙ c_{t-1} + σ(z_i) ⊙ tanh(z_g)
    c = torch.sigmoid(z_f) * c + torch.sigmoid(z_i) * torch.tanh(z_g)
    # h_t = σ(z_o) ⊙ tanh(c_t)
    return torch.sigmoid(z_o) * torch.tanh(c), c


def autocast_off(device: torch.device) -> contextlib.AbstractContextManager:
    """Switch autocast off for operations on this device."""
    if is_autocast(device):
        return torch.autocast(device.type, enabled=False)
    return contextlib.nullcontext()


def check_dtype(all_weights: Sequence[Sequence[Tensor]]) -> torch.dtype:
    """The dtype of the weights; refuse the short ones, in which sums over time lose too much."""
    dtype = all_weights[0][0].dtype
    if dtype not in (torch.float32, torch.float64):
        raise TypeError(f"the weights must have dtype torch.float32 or torch.float64, got {dtype}")
    return dtype


def run(lstm: LSTM | nn.LSTM, input: Tensor, hx: State | None = None, *, layer: Layer) -> tuple[Tensor, State]:
    """Run the weights of an LSTM through one of the first four rungs, as `torch.nn.LSTM` does.

    Computes in the dtype of the weights, float32 or float64, under autocast too.

    Args:
        lstm: whose weights and options (layers, directions, dropout, `batch_first`) count.
        input, hx: as for `torch.nn.LSTM`, but no `PackedSequence`.
        layer: `naive_layer`, `fused_gates_layer`, `hoisted_layer` or `own_bptt_layer`.

    Raises:
        TypeError, ValueError: an argument does not fit, or the weights of `lstm` are not what a call of it would use,
            as those of a pruned one; the message names it.
    """
    if isinstance(input, PackedSequence):
        raise TypeError("input must be a tensor, got a PackedSequence; PackedLSTM takes those")
    check_lstm(lstm)
    if not callable(layer):
        raise TypeError(f"layer must be a function, such as naive_layer, got {written(layer)}")
    x, _, states, weights = prepare(lstm, input, hx)
    dtype = check_dtype(weights)
    directions = 2 if lstm.bidirectional else 1

    with autocast_off(x.device):
        x, h_0, c_0 = (value.to(dtype) for value in (x, *states))
        h_n, c_n = [], []
        for number in range(lstm.num_layers):
            if number > 0:
                x = dropout(x, lstm.dropout, lstm.training)
            outputs = []
            for direction in range(directions):
                row = number * directions + direction
                # The backward direction is the same layer on the reversed sequence.
                turned = x.flip(0) if direction == 1 else x
                h, (h_T, c_T) = layer(turned, (h_0[row], c_0[row]), weights[row])
                outputs.append(h.flip(0) if direction == 1 else h)
                h_n.append(h_T)
                c_n.append(c_T)
            x = torch.cat(outputs, dim=-1)  # (T, B, D·H)
        h_n, c_n = torch.stack(h_n), torch.stack(c_n)  # (L·D, B, H)

    if is_single(input):
        h_n, c_n = h_n.squeeze(1), c_n.squeeze(1)
    return restore_layout(x, None, like=input, batch_first=lstm.batch_first), (h_n, c_n)


RUNGS: dict[str, Layer] = {
    "8 products a step": naive_layer,
    "2 products a step": fused_gates_layer,
    "input projection hoisted": hoisted_layer,
    "own BPTT": own_bptt_layer,
}
"""The first four rungs by what they do."""
