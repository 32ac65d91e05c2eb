"""Where a full slide is split."""

from tests.browser.split_slides import full_at


def part(cell, height, *, figure=False, widget=False):
    return {"cell": cell, "height": height, "figure": figure, "widget": widget, "text": f"{cell}"}


def test_a_slide_with_room_stays_one():
    assert full_at([part(1, 200), part(2, 300), part(2, 100)]) == ([], [])


def test_the_first_cell_that_does_not_fit_starts_a_slide_and_takes_its_output_along():
    items = [part(1, 300), part(2, 200), part(3, 100), part(3, 100), part(4, 300)]
    assert full_at(items) == ([3], [])


def test_a_figure_shrinks_before_it_moves_and_a_widget_stands_alone():
    assert full_at([part(1, 300), part(2, 600, figure=True)]) == ([], [])
    assert full_at([part(1, 50), part(2, 100, widget=True), part(3, 10)]) == ([2], [])


def test_what_is_too_tall_by_itself_is_named():
    starts, tall = full_at([part(1, 20), part(2, 900)])
    assert starts == [2] and tall == ["cell 2 needs 914 pixels: '2'"]
