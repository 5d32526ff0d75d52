"""Tokens to tree: which entries stand in which block.

Written by hand and not as a grammar, for three things that grammars do badly: a value ends with its line, the body of
`if …:` is what is indented below it, and after a mistake reading goes on at the next declaration, so that one look at a
file tells all that is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ...events import SourceError
from .source import MOST_MISTAKES, Source, did_you_mean, one_of
from .tokens import Token, text_of
from .tree import (
    DECLARATIONS,
    STATEMENTS,
    Block,
    Call,
    Choice,
    Entry,
    Import,
    Loop,
    Pair,
    Phrase,
    Quoted,
    TopLevel,
    Word,
)
from .value_reader import ValueReader

_WITH_STATEMENTS = ("chain", *STATEMENTS[1:], "elif", "else")
_ELSEWHERE = {
    "graph": "Write a chain instead.",
    "fn": "Write a tool in Python instead.",
    "fun": "Write a tool in Python instead.",
    "function": "Write a tool in Python instead.",
    "from": "Write: import a.b",
    "use": "Write: import a.b",
}


class Reader(ValueReader):
    """Reads the tokens of one file from first to last."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        super().__init__(source, tokens)
        self._indented_bodies = 0
        self.mistakes: list[SourceError] = []

    # The file

    def file(self) -> list[TopLevel]:
        """All that stands at the top level; what is wrong is in `mistakes`."""
        found: list[TopLevel] = []
        while self._peek.kind != "end" and len(self.mistakes) < MOST_MISTAKES:
            begin = self._index
            try:
                found.append(self._top_level())
            except SourceError as mistake:
                self.mistakes.append(mistake)
                self._skip_to_next_declaration(begin)
        return found

    def _top_level(self) -> TopLevel:
        token = self._peek
        self._depth = self._indented_bodies = 0
        if token.is_word("define", *DECLARATIONS):
            return self._declaration()
        if token.is_word("import"):
            return self._import()
        if token.is_word("module") and not self._is_key():
            return Pair("module", self._take(), self.value())
        if token.is_word("language_version") and self._is_key():
            return self._pair()
        if token.kind == "word" and self._peek_at(1).is_sign("."):
            return self._call()
        if token.is_sign("}"):
            raise self._mistake("This '}' closes nothing", token, try_="Remove it, or look for a '}' too many above.")
        known = _ELSEWHERE.get(token.text) or did_you_mean(token.text, [*DECLARATIONS, "import"])
        raise self._mistake(
            f"A declaration is expected here, not {token}",
            token,
            try_=known or f"Declarations begin with {one_of(DECLARATIONS)}.",
        )

    def _skip_to_next_declaration(self, begin: int) -> None:
        """Go on where a line of the file begins with the word of a declaration."""
        self._index = max(self._index, begin + 1)
        margin = self._tokens[begin].column
        while self._peek.kind != "end":
            previous = self._tokens[self._index - 1]
            if self._peek.line > previous.last_line and self._peek.column <= margin and self._may_begin():
                return
            self._index += 1

    def _may_begin(self) -> bool:
        token = self._peek
        return token.is_word("define", "import", *DECLARATIONS) and not self._is_key()

    def _at_declaration(self) -> bool:
        """Whether the word of a declaration stands here, and its name or brace on the same line."""
        word, following = self._peek, self._peek_at(1)
        if word.is_word("define"):
            word, following = following, self._peek_at(2)
        named = following.kind in ("word", "text") or following.is_sign("{")
        return word.is_word(*DECLARATIONS) and following.line == word.line and named

    def _import(self) -> Import:
        token = self._take()
        if self._peek.kind == "text":
            name = text_of(self._source, self._take()).raw
        else:
            name = self._word("the name of a module or a file").text
            while self._skip("."):
                name += f".{self._word('the next part of the name').text}"
        if not self._peek.is_word("as"):
            return Import(token, name)
        self._take()
        return Import(token, name, self._word("the word that the import goes by").text)

    def _call(self) -> Call:
        token = self._take()
        self._take()
        method = self._word("'ask'")
        if method.text not in ("ask", "run"):
            raise self._mistake(f"There is no '{method.text}' here", method, try_=f'Write: {token.text}.ask("…")')
        opening = self._expect("(", f"after {token.text}.{method.text}")
        if self._peek.is_sign(")"):
            raise self._mistake("The call says nothing", opening, try_=f'Write: {token.text}.ask("…")')
        argument = self.value()
        self._skip(",")
        self._expect(")", "after what is asked")
        return Call(token, token.text, argument)

    # Blocks

    def _declaration(self) -> Block:
        token = self._take()
        word = self._one_of(DECLARATIONS, "after 'define'") if token.is_word("define") else token
        name, name_token = self._name()
        if name is None and word.text not in ("memory", "app"):
            raise self._mistake(f"The {word.text} has no name", self._peek, try_=f'Write: {word.text} "name" {{ … }}')
        extras = tuple(self._extras(word.text))
        block = Block(word.text, token, name, name_token, extras=extras)
        if word.text == "app" and not self._peek.is_sign("{"):
            self._skip(".")
            return block
        return attrs.evolve(block, entries=self._body(block.title, token, word.text))

    def _name(self) -> tuple[str | None, Token | None]:
        token = self._peek
        if token.kind not in ("word", "text"):
            return None, None
        self._take()
        following = self._peek
        if token.kind == "word" and following.is_sign("-") and following.start == token.end:
            shown = self._dashed_word(token)
            raise self._mistake(f"'{shown}' is not a bare name", token, try_="Put a name with a dash in quotes.")
        return (text_of(self._source, token).raw if token.kind == "text" else token.text), token

    def _extras(self, word: str) -> Iterator[Pair]:
        """`using model "gpt"`, `effect pure`, `connects to postgres "DB"`."""
        token = self._peek
        if word in ("model", "prompt", "agent", "llm") and token.is_word("using"):
            yield self._using()
        elif word == "chain" and token.is_word("effect"):
            yield Pair("effect", self._take(), self._one_word("what effect it has"))
        elif word == "app" and token.is_word("connects"):
            self._take()
            self._one_of(("to",), "after 'connects'")
            yield Pair("connects_to", token, self._one_word("what it connects to"))
            if self._peek.kind == "text":
                yield Pair("database", self._peek, Quoted(self._take()))

    def _using(self) -> Pair:
        token = self._take()
        if self._peek.is_word("model") and self._peek_at(1).kind in ("word", "text"):
            self._take()
        if self._peek.kind == "text":
            return Pair("using", token, Quoted(self._take()))
        return Pair("using", token, self._one_word("the name of a model"))

    def _one_word(self, what: str) -> Word:
        token = self._word(what)
        return Word(token, token.text)

    def _body(self, title: str, first: Token, word: str, margin: int = 0) -> tuple[Entry, ...]:
        """What stands in the braces, or indented below a colon."""
        token = self._peek
        if token.is_sign("{"):
            return tuple(self._in_braces(title, word))
        if word not in DECLARATIONS and self._skip(":"):
            return tuple(self._indented(title, first, word, margin))
        try_ = f"Write: {word} … {{ … }}" if token.is_sign(":") else ""
        raise self._mistake(f"'{{' is expected after {title}, not {token}", token, try_=try_)

    def _in_braces(self, title: str, word: str) -> Iterator[Entry]:
        opening = self._open()
        while not self._peek.is_sign("}"):
            if self._peek.kind == "end":
                raise self._mistake(f"The '{{' of {title} is never closed", opening, try_="Add the missing '}'.")
            yield self._entry(title, opening, word)
            self._skip(",")
        self._close()

    def _indented(self, title: str, first: Token, word: str, margin: int) -> Iterator[Entry]:
        self._deeper(first)
        self._indented_bodies += 1
        begin = self._index
        while self._peek.kind != "end" and not self._peek.is_sign("}"):
            if self._peek.line > first.line and self._peek.column <= margin:
                break
            yield self._entry(title, first, word)
            self._skip(",")
        self._depth -= 1
        self._indented_bodies -= 1
        if begin == self._index:
            raise self._mistake(f"Nothing stands below {title}", first, try_="Indent what belongs to it, or use { }.")

    def _entry(self, title: str, opening: Token, word: str) -> Entry:
        token = self._peek
        if word in _WITH_STATEMENTS and self._at_statement():
            return self._statement()
        if word in _WITH_STATEMENTS and token.is_word("elif", "else"):
            raise self._no_entry(title, token)
        if self._is_key():
            return self._pair()
        if token.kind == "text":
            return Quoted(self._take())
        if word == "app" and self._at_declaration():
            return self._declaration()
        if self._at_declaration() and self._opens_block():
            raise self._mistake(
                f"Another declaration cannot stand inside {title}",
                token,
                try_=f"Is a '}}' missing above? {title[:1].upper()}{title[1:]} begins in line {opening.line}.",
            )
        if token.is_word("using") and self._peek_at(1).kind in ("word", "text"):
            using = self._using()
            self._skip(":")
            return using
        raise self._no_entry(title, token)

    def _opens_block(self) -> bool:
        return self._peek.is_word("define") or self._peek_at(2).text in ("{", "using", "effect")

    # Statements

    def _at_statement(self) -> bool:
        token, following = self._peek, self._peek_at(1)
        if token.is_sign("-"):
            return following.is_word(*STATEMENTS)
        if not token.is_word(*STATEMENTS):
            return False
        return not following.is_sign(":") or self._opens_statements()

    def _opens_statements(self) -> bool:
        """Whether `steps:`, `parallel:` or `step:` opens what is indented below it, and is not the key of a value."""
        token, below = self._peek, self._peek_at(2)
        if below.is_sign("-"):
            below = self._peek_at(3)
        elif below.line == token.line:
            return False
        return below.kind == "word" if token.is_word("step") else below.is_word(*STATEMENTS)

    def _statement(self) -> Entry:
        margin = self._peek.column
        self._skip("-")
        token = self._take()
        match token.text:
            case "if":
                return self._choice(token, margin)
            case "while":
                return self._loop("while", token, self._condition(token), margin)
            case "for":
                variable = self._word("the name of the variable").text
                self._one_of(("in",), "after the variable")
                return attrs.evolve(self._loop("for", token, self._condition(token), margin), variable=variable)
        name, name_token = self._name() if token.text == "step" else (None, None)
        block = Block(token.text, token, name, name_token)
        return attrs.evolve(block, entries=self._body(block.title, token, token.text, margin))

    def _choice(self, token: Token, margin: int) -> Choice:
        branches = [self._loop("if", token, self._condition(token), margin)]
        while self._peek.is_word("elif", "else") and not self._begins_outside(margin):
            word = self._take()
            if word.is_word("else") and not self._peek.is_word("if"):
                branches.append(self._loop("else", word, None, margin))
                break
            if word.is_word("else"):
                self._take()
            branches.append(self._loop("elif", word, self._condition(word), margin))
        return Choice(token, tuple(branches))

    def _begins_outside(self, margin: int) -> bool:
        """Whether indentation matters here, and says that the next token belongs to something further out."""
        token, previous = self._peek, self._tokens[self._index - 1]
        return self._indented_bodies > 0 and token.line > previous.last_line and token.column < margin

    def _loop(self, word: str, token: Token, condition: Phrase | None, margin: int) -> Loop:
        return Loop(word, token, condition, self._body(f"this {word}", token, word, margin))

    def _condition(self, word: Token) -> Phrase:
        """The expression up to the brace or colon that opens the body."""
        begin = self._index
        brackets = 0
        while not (brackets == 0 and self._peek.is_sign("{", ":")):
            token = self._peek
            newline = self._index > begin and token.line > self._tokens[self._index - 1].last_line
            if token.kind == "end" or token.is_sign("{", "}") or (newline and brackets == 0):
                raise self._mistake(
                    f"'{{' is expected after the condition, not {token}", token, try_=f"Write: {word.text} … {{ … }}"
                )
            brackets += token.is_sign("(", "[") - token.is_sign(")", "]")
            self._take()
        if begin == self._index:
            raise self._mistake(f"The condition is missing after '{word.text}'", self._peek)
        return self._phrase_of(begin)
