"""What a program shows on a terminal: characters and the few escape sequences that scripts/demo and roomctl write."""

import re
from typing import NamedTuple

# A sequence that begins with ESC [, one that ends too early or is of another sort, a control character, or a text.
TOKEN = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|(\x1b.?|[\x00-\x1f\x7f])|([^\x00-\x1f\x7f]+)", re.DOTALL)
COLOURS = {31: "red", 32: "green", 33: "yellow"}


class Style(NamedTuple):
    """How a character looks."""
    bold: bool = False
    dim: bool = False
    colour: str = ""


class Cell(NamedTuple):
    """A place on the screen."""
    character: str = " "
    style: Style = Style()


class Screen:
    """A terminal of so many rows and columns; what does not fit scrolls up, as there."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.row = self.column = 0
        self.style = Style()
        self.cells = [self.empty() for _ in range(rows)]

    def empty(self):
        """A row with nothing in it."""
        return [Cell()] * self.columns

    def lines(self):
        """The rows as text, without the spaces at their ends."""
        return ["".join(cell.character for cell in row).rstrip() for row in self.cells]

    def write(self, text):
        """Shows what a program has written.  ValueError: a sequence that is not known here."""
        for token in TOKEN.finditer(text):
            numbers, final, control, characters = token.groups()
            if characters is not None:
                self.put(characters)
            elif control is not None:
                self.obey(control)
            else:
                self.sequence([int(number or 0) for number in numbers.split(";")], final, token[0])

    def put(self, characters):
        """Characters at the cursor; each takes one place."""
        for character in characters:
            if self.column == self.columns:
                self.obey("\r")
                self.obey("\n")
            self.cells[self.row][self.column] = Cell(character, self.style)
            self.column += 1

    def obey(self, control):
        """A control character."""
        if control == "\r":
            self.column = 0
        elif control == "\n" and self.row < self.rows - 1:
            self.row += 1
        elif control == "\n":
            self.cells = [*self.cells[1:], self.empty()]
        else:
            raise ValueError(f"the program wrote {control!r}, which {__name__}.py does not know: add it there")

    def sequence(self, numbers, final, text):
        """ESC [ NUMBERS FINAL: colours, the cursor at home, the rest of a row or of the screen erased."""
        if final == "m":
            for number in numbers:
                self.dress(number, text)
        elif final == "H" and numbers == [0]:
            self.row = self.column = 0
        elif final == "J" and numbers == [0]:
            self.cells[self.row][self.column:] = self.empty()[self.column:]
            self.cells[self.row + 1:] = [self.empty() for _ in self.cells[self.row + 1:]]
        elif final == "K" and numbers == [0]:
            self.cells[self.row][self.column:] = self.empty()[self.column:]
        else:
            raise ValueError(f"the program wrote {text!r}, which {__name__}.py does not know: add it there")

    def dress(self, number, text):
        """One number of a sequence for colours."""
        if number == 0:
            self.style = Style()
        elif number == 1:
            self.style = self.style._replace(bold=True)
        elif number == 2:
            self.style = self.style._replace(dim=True)
        elif number in COLOURS:
            self.style = self.style._replace(colour=COLOURS[number])
        else:
            raise ValueError(f"the program wrote {text!r}, which {__name__}.py does not know: add it there")
