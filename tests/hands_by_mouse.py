"""The ten commonest tasks by mouse: clicks, keys besides words, and page loads, in place and by the pages that need no script.

tests/hands.py runs it. A list that a browser opens by itself, such as that of a select, counts as one click and its choice as
another. Words to people count as nothing, but the Ctrl+Enter that sends them is a key.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page, TimeoutError

NOTE, REASON, QUESTION = "Bring a ladder.", "It belongs to them.", "Which side of the street is it on?"
DAY = "+3d"
# Rows that a task can't be done to, such as to merge one that has no other near it, are passed over.
TRIES = 25
# Most tasks can be done to one of the first rows of all that are open.
LISTS = {"accept": "tab=new", "merge a duplicate": "tab=all&sort=reported"}


class CannotDoIt(Exception):
    pass


@dataclass
class Mouse:
    page: Page
    photo: bytes
    clicks: int = 0
    keys: int = 0
    loads: int = 0

    def click(self, place: Locator) -> None:
        place.click(timeout=5000)
        self.clicks += 1

    def act(self, row: Locator, name: str) -> None:
        """One of the buttons that a row has under the pointer."""
        row.hover()
        button = row.get_by_role("button", name=name, exact=True)
        if not button.is_visible():
            raise CannotDoIt
        self.click(button)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def write(self, words: str) -> None:
        self.page.keyboard.insert_text(words)

    def choose(self, select: Locator, number: int = 0) -> None:
        """Without a script."""
        values = [
            value for value in select.locator("option").evaluate_all("(all) => all.map((one) => one.value)") if value
        ]
        if not values:
            raise CannotDoIt
        select.select_option(values[min(number, len(values) - 1)])
        self.clicks += 2

    def attach(self, field: Locator) -> None:
        field.set_input_files({"name": "done.png", "mimeType": "image/png", "buffer": self.photo})
        self.clicks += 1


# --- In place: from a row of the list -------------------------------------------------------------------------------------------


def _dialog(mouse: Mouse) -> Locator:
    dialog = mouse.page.locator("#act")
    dialog.locator("form").first.wait_for()
    return dialog


def _option(mouse: Mouse, dialog: Locator, *, but: str = "") -> None:
    options = dialog.locator("[role=listbox]:visible").first.get_by_role("option")
    texts = options.all_inner_texts()
    number = next((at for at, text in enumerate(texts) if not but or but not in text), None)
    if number is None:
        raise CannotDoIt
    mouse.click(options.nth(number))


def _accept(mouse: Mouse, row: Locator) -> None:
    mouse.act(row, "Accept")


def _assign_me(mouse: Mouse, row: Locator) -> None:
    mouse.act(row, "Assign to me")


def _assign(mouse: Mouse, row: Locator) -> None:
    mouse.act(row, "Assign")
    _option(mouse, _dialog(mouse), but="Me (")


def _transfer(mouse: Mouse, row: Locator) -> None:
    mouse.act(row, "Transfer")
    _option(mouse, _dialog(mouse))
    mouse.write(REASON)
    mouse.press("Control+Enter")


def _hold(mouse: Mouse, row: Locator) -> None:
    mouse.act(row, "Put on hold")
    dialog = _dialog(mouse)
    for letter in DAY:
        mouse.press(letter)
    mouse.click(dialog.get_by_text("Better weather"))
    mouse.press("Enter")


def _priority(mouse: Mouse, row: Locator) -> None:
    mouse.click(row.locator("[data-row-act]"))
    mouse.click(_dialog(mouse).locator("button[data-key]:not([aria-current])").last)


def _ask(mouse: Mouse, row: Locator) -> None:
    mouse.act(row, "Ask reporter")
    dialog = _dialog(mouse)
    if not dialog.locator("form[method=get]").count():
        raise CannotDoIt
    _option(mouse, dialog)
    mouse.page.wait_for_function("() => document.querySelector('#act textarea')?.value")
    if dialog.locator("input[name=vouched]:not(:checked)").count():
        raise CannotDoIt
    mouse.press("Control+Enter")


def _resolve(mouse: Mouse, row: Locator) -> None:
    mouse.act(row, "Resolve")
    dialog = _dialog(mouse)
    fixed = dialog.locator("input[name=disposition][value=fixed]")
    if not fixed.count() or dialog.locator("input[name=vouched]").count():
        raise CannotDoIt
    mouse.click(dialog.locator(f"label[for={fixed.get_attribute('id')}]"))
    mouse.page.wait_for_function("() => document.querySelector('#act textarea[name=words]').value")
    mouse.attach(dialog.locator("input[name=photos]"))
    # The photo says that somebody visited.
    dialog.locator("input[name=visited][value=yes]:checked").wait_for()
    mouse.click(dialog.get_by_role("button", name="Resolve", exact=True))


def _merge(mouse: Mouse, row: Locator) -> None:
    mouse.act(row, "Merge")
    found = _dialog(mouse).locator("button[data-key]")
    if not found.count():
        raise CannotDoIt
    mouse.click(found.first)


def _note(mouse: Mouse, row: Locator) -> None:
    mouse.act(row, "Internal note")
    dialog = _dialog(mouse)
    mouse.write(NOTE)
    mouse.click(dialog.get_by_role("button", name="Save note"))


# --- By pages ---------------------------------------------------------------------------------------------------------------------


def _open(mouse: Mouse, row: Locator, action: str = "", *, is_folded: bool = False) -> Page:
    """The page of the request, and that of the action."""
    mouse.click(row.locator(".queue__what a").first)
    page = mouse.page
    if is_folded:
        mouse.click(page.locator("summary", has_text="More actions"))
    if action:
        link = page.locator(".acts").get_by_role("link", name=action, exact=True)
        if not link.count():
            raise CannotDoIt
        mouse.click(link.first)
    return page


def _page_accept(mouse: Mouse, row: Locator) -> None:
    page = _open(mouse, row)
    _send(mouse, page.locator(".acts"), "Accept")


def _page_assign_me(mouse: Mouse, row: Locator) -> None:
    page = _open(mouse, row)
    _send(mouse, page.locator(".acts"), "Assign to me")


def _send(mouse: Mouse, place: Locator, name: str) -> None:
    button = place.get_by_role("button", name=name, exact=True)
    if not button.count():
        raise CannotDoIt
    mouse.click(button.last)


def _page_assign(mouse: Mouse, row: Locator) -> None:
    main = _open(mouse, row, "Assign").locator("main")
    mouse.choose(main.locator("select[name=assignee]"), 1)
    _send(mouse, main, "Assign")


def _page_transfer(mouse: Mouse, row: Locator) -> None:
    main = _open(mouse, row, "Transfer").locator("main")
    mouse.choose(main.locator("select[name=department]"))
    main.locator("textarea[name=reason]").fill(REASON)
    _send(mouse, main, "Transfer")


def _page_hold(mouse: Mouse, row: Locator) -> None:
    main = _open(mouse, row, "Put on hold").locator("main")
    mouse.click(main.locator("input[name=until]"))
    main.locator("input[name=until]").fill(DAY)
    mouse.keys += len(DAY)
    mouse.click(main.get_by_text("Better weather"))
    _send(mouse, main, "Put on hold")


def _page_priority(mouse: Mouse, row: Locator) -> None:
    main = _open(mouse, row, "Change priority", is_folded=True).locator("main")
    mouse.click(main.locator("button[name=priority]:not([aria-current])").last)


def _page_ask(mouse: Mouse, row: Locator) -> None:
    main = _open(mouse, row, "Ask reporter").locator("main")
    if not main.locator("select[name=template]").count() or main.locator("input[name=vouched]").count():
        raise CannotDoIt
    mouse.choose(main.locator("select[name=template]"))
    _send(mouse, main, "Fill in")
    _send(mouse, mouse.page.locator("main"), "Send question")


def _page_resolve(mouse: Mouse, row: Locator) -> None:
    main = _open(mouse, row, "Resolve").locator("main")
    fixed = main.locator("input[name=disposition][value=fixed]")
    if not fixed.count() or main.locator("input[name=vouched]").count():
        raise CannotDoIt
    mouse.click(main.locator(f"label[for={fixed.get_attribute('id')}]"))
    mouse.click(main.locator("label", has_text="Yes, someone visited"))
    main.locator("textarea[name=words]").fill("It’s fixed.")
    mouse.attach(main.locator("input[name=photos]"))
    _send(mouse, main, "Resolve")


def _page_merge(mouse: Mouse, row: Locator) -> None:
    main = _open(mouse, row, "Merge", is_folded=True).locator("main")
    found = main.locator("button[name=reference]")
    if not found.count():
        raise CannotDoIt
    mouse.click(found.first)


def _page_note(mouse: Mouse, row: Locator) -> None:
    page = _open(mouse, row)
    mouse.click(page.locator("#write-note"))
    page.locator("textarea[name=text]").fill(NOTE)
    _send(mouse, page.locator("main"), "Save note")


Task = Callable[[Mouse, Locator], None]
# In place, and by pages.
TASKS: dict[str, tuple[Task, Task]] = {
    "accept": (_accept, _page_accept),
    "assign to me": (_assign_me, _page_assign_me),
    "assign to another": (_assign, _page_assign),
    "transfer with a reason": (_transfer, _page_transfer),
    "hold until a date": (_hold, _page_hold),
    "change the priority": (_priority, _page_priority),
    "ask a question from a template": (_ask, _page_ask),
    "resolve with a photo": (_resolve, _page_resolve),
    "merge a duplicate": (_merge, _page_merge),
    "add a note": (_note, _page_note),
}
MOST = {"resolve with a photo": 4}
MOST_CLICKS = 2


def measure(browser: Browser, site: str, sign_in: Callable[..., Page]) -> Iterable[str]:
    """The lines of a table."""
    yield "| | Clicks by pages | Keys | Page loads | Clicks in place | Keys | Page loads |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    with_script, without = (sign_in(browser, site, java_script_enabled=has_script) for has_script in (True, False))
    photo = with_script.screenshot()
    for name, (in_place, by_pages) in TASKS.items():
        pages = _done(Mouse(without, photo), by_pages, site, name)
        place = _done(Mouse(with_script, photo), in_place, site, name)
        if pages is None or place is None:
            continue
        yield (
            f"| {name} | {pages.clicks} | {pages.keys or ''} | {pages.loads} | {place.clicks} | {place.keys or ''} "
            f"| {place.loads} |"
        )
        if place.clicks > MOST.get(name, MOST_CLICKS) or place.loads:
            print(f"{name}: more than it may take.", file=sys.stderr)


def _done(mouse: Mouse, task: Task, site: str, name: str) -> Mouse | None:
    """Does the task to the first row that it can be done to, if there is one."""
    page = mouse.page

    def count(_page: Page) -> None:
        mouse.loads += 1

    for number in range(TRIES):
        page.goto(f"{site}/staff/?{LISTS.get(name, 'tab=all')}", wait_until="load")
        mouse.clicks = mouse.keys = mouse.loads = 0
        row = page.locator("table.queue tbody tr").nth(number)
        page.on("load", count)
        try:
            task(mouse, row)
            page.get_by_text("Undo", exact=True).first.wait_for(timeout=10_000)
            page.wait_for_load_state()
        except (CannotDoIt, TimeoutError):
            continue
        else:
            return mouse
        finally:
            page.remove_listener("load", count)
    print(f"{name}: it could be done to none of {TRIES} rows.", file=sys.stderr)
    return None
