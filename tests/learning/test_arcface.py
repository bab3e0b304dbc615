import math

import pytest
import torch
from torch import Tensor

from deepnoise_app.learning.arcface import ArcFace


def slow(features: Tensor, weight: Tensor, labels: Tensor, s: float, m: float) -> Tensor:
    """The formula of the paper, class by class, with acos."""
    rows = []
    for feature, label in zip(features, labels, strict=True):
        row = []
        for number, direction in enumerate(weight):
            cosine = (feature @ direction) / (feature.norm() * direction.norm())
            if number == int(label):
                theta = torch.acos(cosine)
                if theta.item() < math.pi - m:
                    cosine = torch.cos(theta + m)
                else:
                    cosine = cosine - m * math.sin(m)
            row.append(s * cosine)
        rows.append(torch.stack(row))
    return torch.stack(rows)


@pytest.mark.parametrize("margin", [0.0, 0.1, 0.5])
def test_logits_and_gradients_are_those_of_the_slow_formula(margin: float) -> None:
    torch.manual_seed(0)
    head = ArcFace(5, 7, scale=30, margin=margin)
    labels = torch.arange(6)
    fast_in = torch.randn(6, 5, requires_grad=True)
    slow_in = fast_in.detach().clone().double().requires_grad_()
    fast_out = head(fast_in, labels)
    slow_out = slow(slow_in, head.weight.detach().double(), labels, 30, margin)
    assert torch.allclose(fast_out.double(), slow_out, atol=1e-4)
    probe = torch.randn(6, 7)
    (fast_out * probe).sum().backward()
    (slow_out * probe).sum().backward()
    assert fast_in.grad is not None
    assert slow_in.grad is not None
    assert torch.allclose(fast_in.grad.double(), slow_in.grad, atol=1e-3)


def test_without_labels_there_is_no_margin() -> None:
    torch.manual_seed(0)
    head = ArcFace(5, 7, scale=30, margin=0.5)
    features = torch.randn(3, 5)
    unit = torch.nn.functional.normalize
    assert torch.allclose(head(features), 30 * unit(features) @ unit(head.weight).T)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_values_and_gradients_are_finite_where_the_cosine_is_one(sign: float) -> None:
    head = ArcFace(4, 3, scale=30, margin=0.1)
    features = (sign * head.weight.detach()[:2]).clone().requires_grad_()
    labels = torch.tensor([0, 1])
    logits = head(features, labels)
    expected = math.cos(0.1) if sign > 0 else -1 - 0.1 * math.sin(0.1)
    assert logits[0, 0].item() == pytest.approx(30 * expected, rel=1e-4)
    torch.nn.functional.cross_entropy(logits, labels).backward()
    assert features.grad is not None
    assert head.weight.grad is not None
    assert torch.isfinite(features.grad).all()
    assert torch.isfinite(head.weight.grad).all()


def test_value_approaches_the_formula_close_to_one() -> None:
    head = ArcFace(2, 1, scale=1, margin=0.1)
    with torch.no_grad():
        head.weight.copy_(torch.tensor([[1.0, 0.0]]))
    for angle in (1e-2, 1e-3, 1e-4):
        feature = torch.tensor([[math.cos(angle), math.sin(angle)]])
        found = head(feature, torch.tensor([0])).item()
        assert found == pytest.approx(math.cos(angle + 0.1), abs=2e-7)


def test_logit_of_the_true_class_falls_all_the_way_to_the_opposite() -> None:
    head = ArcFace(2, 1, scale=1, margin=0.3)
    with torch.no_grad():
        head.weight.copy_(torch.tensor([[1.0, 0.0]]))
    angles = torch.linspace(0, math.pi, 200)
    features = torch.stack([angles.cos(), angles.sin()], dim=1)
    logits = head(features, torch.zeros(200, dtype=torch.long))[:, 0]
    before = logits[angles < math.pi - 0.3]
    beyond = logits[angles > math.pi - 0.3]
    assert (before.diff() < 0).all()
    assert (beyond.diff() < 0).all()
