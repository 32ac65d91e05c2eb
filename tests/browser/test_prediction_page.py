"""A prediction on a page without a kernel: a click completes the outcome further below."""

from __future__ import annotations

from lstm_lessons.widgets import Prediction
from tests.browser.pages import open_page, write_page


def test_a_click_completes_the_outcomes_of_its_own_question_alone(open_visit, tmp_path):
    gate = Prediction("Will it close?", ["yes", "no"])
    other = Prediction("Will it open?", ["yes", "no"])
    path = write_page(tmp_path / "lesson.html", [gate, other])
    outcomes = "".join(p.outcome("yes")._repr_html_() for p in (gate, other))
    path.write_text(path.read_text().replace("</main>", f"{outcomes}</main>"))
    page = open_visit(offline=True).page
    root, _ = open_page(page, path)
    shown = page.locator("[data-lstm-outcome]")
    assert shown.all_inner_texts() == ["The answer: yes."] * 2
    for answer, how in (("no", "You predicted: no."), ("yes", "You predicted it.")):
        root.get_by_role("button", name=answer).click()
        assert shown.all_inner_texts() == [f"The answer: yes. {how}", "The answer: yes."]
        gate.chosen = gate.answers.index(answer)
        assert str(gate.outcome("yes")) == shown.first.inner_text(), "the words are Python's"
