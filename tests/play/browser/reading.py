"""What tests read from a page: cells by name, numbers as numbers, pictures as pixels."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, expect

MINUS = "\u2212"
CHECK = "() => document.querySelector('#sheet').dataset.check"
DRAWN = """async (data) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
  pen.drawImage(picture, 0, 0);
  const { data: bytes } = pen.getImageData(0, 0, picture.width, picture.height);
  let text = '';
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return [picture.height, picture.width, btoa(text)];
}"""  # noqa: E501


def cell(page: Any, name: str) -> Locator:
    """One cell of the sheet."""
    found: Locator = page.locator(f'#sheet [role=gridcell][data-cell="{name}"]')
    return found


def number(text: str) -> float:
    """A number as it is written on the page."""
    return float(text.replace(MINUS, "-").replace("\u202f", ""))


def cells(page: Any) -> dict[str, str]:
    """Every cell of the sheet by its name, as it is shown."""
    pairs = page.locator("#sheet [role=gridcell]").evaluate_all(
        "all => all.map(e => [e.dataset.cell, e.textContent])"
    )
    return dict(pairs)


def check(page: Any) -> str:
    """The checksum of the weights of the step that is shown."""
    return str(page.evaluate(CHECK))


def step_to(page: Any, step: int) -> None:
    """Types a step, and waits until it is there."""
    page.locator("#step").fill(str(step))
    page.locator("#step").press("Enter")
    at_step(page, step)
    page.locator("#step").press("Escape")  # out of the field, so that keys act again


def at_step(page: Any, step: int) -> None:
    """Waits for a step, shown exactly."""
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", str(step))
    expect(page.locator("#sheet")).to_have_attribute("data-dimmed", "false")


def asked_why(page: Any, name: str) -> None:
    """Chooses a cell, and waits for its explanation as it is at the step that is shown."""
    cell(page, name).click()
    expect(page.locator("#why")).to_have_attribute("data-cell", name)
    of = str(page.locator("#sheet").get_attribute("data-of"))
    expect(page.locator("#why")).to_have_attribute("data-of", of)


def exact(page: Any, name: str) -> float:
    """The exact value that Why shows for a cell."""
    asked_why(page, name)
    return number(page.locator("#why [data-exact]").inner_text())


def pixels(page: Any, png: bytes) -> NDArray[np.float64]:
    """A picture as heights × widths × 3 numbers from 0 to 255, decoded by a page with no policy."""
    beside = page.context.new_page()
    high, wide, text = beside.evaluate(DRAWN, base64.b64encode(png).decode())
    beside.close()
    bytes_ = np.frombuffer(base64.b64decode(text), np.uint8)
    return bytes_.reshape(high, wide, 4)[..., :3].astype(float)


def luminance(colour: Any) -> Any:
    """The relative luminance of colours of 0 to 255, as WCAG 2.2 has it."""
    share = np.asarray(colour, float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one: Any, other: Any) -> float:
    """How far two luminances are apart, from 1 to 21."""
    light, dark = max(one, other), min(one, other)
    return float((light + 0.05) / (dark + 0.05))
