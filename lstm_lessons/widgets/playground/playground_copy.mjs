// A network of the playground as a program: the same start and the same data in PyTorch.
import { BATCH, KINDS } from "./playground_race.mjs";
import { PLAYGROUND_SOURCES } from "./playground_sources.mjs";
import { TASKS } from "./playground_tasks.mjs";

const IMPORTS = ["import math", "", "import torch", "from torch import nn"].join("\n");

/**
 * The program that trains one network as the page does.
 * @param {import("./playground_race.mjs").Settings & { kind: string }} settings of that network
 * @returns {string} Python
 */
export function pytorchProgram(settings) {
  const { kind, task, length, units, rate, optimizer, forget_bias: bias, clip, seed } = settings;
  const lstm = kind === "lstm";
  const clipping = `    nn.utils.clip_grad_norm_(parameters, ${clip})\n`;
  const forget = `    layer.bias_ih_l0[UNITS : 2 * UNITS] = ${bias}  # the forget bias
    layer.bias_hh_l0[UNITS : 2 * UNITS] = 0
`;
  return `${IMPORTS}

SEED, LENGTH, UNITS, BATCH = ${seed}, ${length}, ${units}, ${BATCH}
torch.set_default_dtype(torch.float64)


${PLAYGROUND_SOURCES.Random}


${PLAYGROUND_SOURCES[task]}


def draw_batch(random):
    """Inputs (T, B, I), and the answers (T, B, 1), or (1, B, 1) for the last step alone."""
    x, y = zip(*(${task}(random, LENGTH) for _ in range(BATCH)), strict=True)
    return torch.tensor(x).transpose(0, 1), torch.tensor(y).transpose(0, 1)


layer, head = nn.${kind.toUpperCase()}(${TASKS[task].I}, UNITS), nn.Linear(UNITS, 1)
parameters = [*layer.parameters(), *head.parameters()]
random = Random(8 * SEED + ${1 + KINDS.indexOf(kind)})
with torch.no_grad():
    for weights in parameters:
        drawn = [(2 * random() - 1) / math.sqrt(UNITS) for _ in range(weights.numel())]
        weights.copy_(torch.tensor(drawn).view_as(weights))
${lstm ? forget : ""}
optimizer = torch.optim.${optimizer === "adam" ? "Adam" : "SGD"}(parameters, lr=${rate})
random = Random(8 * SEED)
for update in range(1, 501):
    x, y = draw_batch(random)
    output = head(layer(x)[0])  # (T, B, 1)
    loss = nn.functional.mse_loss(output[-len(y) :], y)
    optimizer.zero_grad()
    loss.backward()
${clip ? clipping : ""}    optimizer.step()
    if update == 1 or update % 50 == 0:
        print(f"update {update}: loss {loss.item():.6f}")
`;
}
