"""Import for its effect: tests run beside each other, so each computes with one thread. Bits do not depend on it."""

import torch

torch.set_num_threads(1)
