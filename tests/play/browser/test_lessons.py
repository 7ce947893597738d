"""A lesson's page marks what is written in it as the library marks it."""

from __future__ import annotations

from typing import Any

import pytest

from workings.learning import Question, ask, lesson
from workings.learning.pages import page as page_of
from workings.learning.running import run

ANSWERS = ("0.7893", "0.789", "0.79", "0.8", "1", "0", "0,79", "-0.789", "−0.789", "7.893", "78.9",
           "0.0789", "0.7", "0.90", "-3", "1e-3", "3", "2.5", "0.3750", "375", "0.667", "0.5",
           "2")  # fmt: skip
VALUES = (0.78932, 2 / 3, 3.0, -0.0001234, 0.375, 250.0, 0.5, 2.25)


@pytest.mark.parametrize("value", VALUES)
def test_the_page_says_of_an_answer_what_the_library_says(context: Any, value: float) -> None:
    question = ask("What is it?", value)
    tab = context.new_page()
    tab.set_content(question._repr_html_())
    for answer in (*ANSWERS, question.right_answer()):
        tab.get_by_label("Your number").fill(answer)
        tab.get_by_role("button", name="Check").click()
        assert tab.locator("output").inner_text() == question.mark(answer).text, answer


def test_a_lesson_s_page_is_marked_there_and_then(context: Any) -> None:
    ran = run(lesson("3"))
    tab = context.new_page()  # whatever it asks for, or says on the console, fails the test
    tab.set_content(page_of(ran))
    forms = tab.locator("form.workings-question")
    questions = [one for one in (*ran.questions, *ran.exercises) if isinstance(one, Question)]
    assert forms.count() == len(questions)
    form = forms.first
    form.get_by_label("Your number").fill("many")
    form.get_by_role("button", name="Check").click()
    assert "Write a number" in form.locator("output").inner_text()
    form.get_by_label("Your number").fill(ran.questions[0].right_answer())
    form.get_by_label("Your number").press("Enter")
    assert form.locator("output").inner_text() == "Right."
