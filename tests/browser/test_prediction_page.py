"""Questions on a page without a kernel: a click completes a prediction's outcome further below, or answers at once."""

from __future__ import annotations

from lstm_lessons.widgets import Prediction, SelfCheck
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


def test_a_self_check_says_of_each_answer_whether_it_is_right_and_why(open_visit, tmp_path):
    said = {"keep": "f does.", "write": "i lets it in.", "read": "o does."}
    check = SelfCheck("What is the input gate for?", said, right="write")
    page = open_visit(offline=True).page
    root, _ = open_page(page, write_page(tmp_path / "lesson.html", [check, Prediction("Will it?", ["yes", "no"])]))
    below = root.get_by_role("status")
    assert "Right" not in below.inner_text() and "i lets it in." not in root.inner_text()
    for answer, why in said.items():  # one after the other: another may be tried
        root.get_by_role("button", name=answer).click()
        assert below.inner_text() == f"{'Right' if answer == 'write' else 'No'}. {why}"
