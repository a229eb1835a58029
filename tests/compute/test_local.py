"""Work in this process."""

from dashboard.compute.local import LocalBackend


def test_tasks_run_one_after_the_other_in_their_order():
    seen = []

    def note(task):
        seen.append(task)
        return -task

    assert LocalBackend().map(note, range(4)) == [0, -1, -2, -3]
    assert seen == [0, 1, 2, 3]
