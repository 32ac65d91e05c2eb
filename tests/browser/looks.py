"""What makes a widget readable: nothing cut off, nothing overflows, axe-core has no objection."""

from __future__ import annotations

import io

import numpy as np
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Locator

# Violations alone; without them axe-core would also fetch and parse every style sheet again.
OPTIONS = {"preload": False, "resultTypes": ["violations"]}
OBJECTIONS = """async (roots, { exclude, options }) => {
    const { violations } = await axe.run(exclude ? { exclude: [[exclude]] } : roots, options);
    const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    return grave.flatMap(({ id, impact, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} (${impact}): ${target} ${failureSummary}`));
}"""

CUT_OFF = """(root) => {
    const problems = [];
    const report = (what, node) => problems.push(
        `${what}: ${node.localName}.${node.getAttribute("class")} "${
            node.textContent.trim().slice(0, 40)}"`);
    const visible = { opacityProperty: true, visibilityProperty: true };
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth) report(`the page is ${page.scrollWidth} px wide`, page);
    const frame = root.getBoundingClientRect();
    const follows = (node) => node?.dataset.follows && getComputedStyle(node).overflowX === "hidden";
    for (const node of root.querySelectorAll("*")) {
        if (!node.checkVisibility(visible) || node.closest(".ll-visually-hidden")) continue;
        if (node instanceof SVGElement) {
            const picture = node.ownerSVGElement;
            if (node.localName !== "text" || !node.textContent.trim()) continue;
            const [box, view] = [node.getBBox(), picture.viewBox.baseVal];
            const place = picture.getScreenCTM().inverse().multiply(node.getScreenCTM());
            const outside = [[box.x, box.y], [box.x + box.width, box.y + box.height]]
                .map(([x, y]) => new DOMPoint(x, y).matrixTransform(place))
                .some(({ x, y }) => x < view.x - 1 || x > view.x + view.width + 1
                    || y < view.y - 1 || y > view.y + view.height + 1);
            if (outside) report("outside its picture", node);
            continue;
        }
        if (follows(node) || follows(node.closest("[data-follows]"))) continue;
        const box = node.getBoundingClientRect();
        if (box.right > frame.right + 1 || box.left < frame.left - 1) report("outside", node);
        const { display, overflowX } = getComputedStyle(node);
        if (display === "inline" || ["INPUT", "SELECT"].includes(node.tagName)) continue;
        if (node.scrollWidth > node.clientWidth + 1 && !["auto", "scroll"].includes(overflowX))
            report("too narrow", node);
    }
    return problems;
}"""

COLLIDING_TEXT = """(root) => {
    const problems = [];
    const visible = { opacityProperty: true, visibilityProperty: true };
    for (const picture of root.querySelectorAll("svg")) {
        const texts = [...picture.querySelectorAll("text")]
            .filter((node) => node.textContent.trim() && node.checkVisibility(visible))
            .map((node) => ({ text: node.textContent, box: node.getBoundingClientRect() }));
        texts.forEach((a, n) => texts.slice(n + 1).forEach((b) => {
            const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
            const tall = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
            // A line of text is taller than its ink, so two lines may share a few pixels.
            const ink = 0.3 * Math.min(a.box.height, b.box.height);
            if (wide > 1 && tall > ink) problems.push(`"${a.text}" runs into "${b.text}"`);
        }));
    }
    return problems;
}"""


def cut_off(root: Locator) -> list[str]:
    """What overflows the page, the widget or its picture."""
    return root.evaluate(CUT_OFF)


def colliding_text(root: Locator) -> list[str]:
    """Pairs of texts in a picture that lie on each other."""
    return root.evaluate(COLLIDING_TEXT)


def objections(root: Locator, *rules: str, exclude: str = "") -> list[str]:
    """What axe-core calls serious or critical in a widget, in several on one page, or another part of a page.

    A page reads axe-core, half a megabyte of script, once; and axe-core reads the whole page each time, however
    small the part: several parts of a large page are looked at together.

    Args:
        root: the part, or the parts.
        rules: those of axe-core to go by; all of them, where none is named.
        exclude: selector of what is not looked at; then it is the whole page that is, whatever ``root`` is.
    """
    if root.page.evaluate("() => !window.axe"):
        root.page.evaluate(AXE_SCRIPT)
    options = OPTIONS | ({"runOnly": list(rules)} if rules else {})
    return root.evaluate_all(OBJECTIONS, {"exclude": exclude, "options": options})


def brightness(locator: Locator) -> float:
    """Median of the pixels that an element is drawn with, from 0 to 255: that of its background."""
    return float(np.median(Image.open(io.BytesIO(locator.screenshot())).convert("L")))


def rgb(color: str) -> str:
    """How a browser tells "#rrggbb"."""
    return f"rgb({', '.join(str(int(color[start : start + 2], 16)) for start in (1, 3, 5))})"
