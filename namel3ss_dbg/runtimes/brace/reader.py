"""Tokens to tree: which entries stand in which block.

Written by hand and not as a grammar, for three things that grammars do badly: a value ends with its line, the body of
`if …:` is what is indented below it, and after a mistake reading goes on at the next declaration, so that one look at a
file tells all that is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...events import SourceError
from .source import Source, did_you_mean, one_of
from .tokens import MOST_MISTAKES, Token, text_of
from .tree import Block, Call, Entry, Fork, Import, Loop, Pair, Phrase, Quoted, TopLevel, Word
from .value_reader import STATEMENTS, ValueReader

DECLARATIONS = ("app", "llm", "model", "memory", "prompt", "tool", "agent", "chain")

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
        if self._at_declaration():
            return self._declaration()
        if token.text == "import":
            return self._import()
        if token.text == "module" and not self._is_key():
            return Pair("module", self._take(), self.value())
        if token.text == "language_version":
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
            if self._peek.line > previous.last_line and self._peek.column <= margin and self._at_declaration():
                return
            self._index += 1

    def _at_declaration(self) -> bool:
        word, following = self._peek, self._peek_at(1)
        if word.text == "define":
            word, following = following, self._peek_at(2)
        if word.kind != "word" or word.text not in DECLARATIONS or following.line != word.line:
            return False
        return following.kind in ("word", "text") or following.is_sign("{")

    def _import(self) -> Import:
        token = self._take()
        if self._peek.kind == "text":
            name = text_of(self._source, self._take()).raw
        else:
            name = self._word("the name of a module or a file").text
            while self._peek.is_sign("."):
                self._take()
                name += f".{self._word('the next part of the name').text}"
        alias = None
        if self._peek.text == "as":
            self._take()
            alias = self._word("the word that the import goes by").text
        return Import(token, name, alias)

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
        if self._peek.is_sign(","):
            self._take()
        self._expect(")", "after what is asked")
        return Call(token, token.text, argument)

    # Blocks

    def _declaration(self) -> Block:
        token = self._take()
        word = self._take() if token.text == "define" else token
        name, name_token = self._name()
        if name is None and word.text not in ("memory", "app"):
            raise self._mistake(f"The {word.text} has no name", self._peek, try_=f'Write: {word.text} "name" {{ … }}')
        extras = tuple(self._extras(word.text))
        block = Block(word.text, token, name, name_token, extras=extras)
        if word.text == "app" and not self._peek.is_sign("{"):
            if self._peek.is_sign("."):
                self._take()
            return block
        return self._filled(block)

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
        if word in ("model", "prompt", "agent", "llm") and token.text == "using":
            yield self._using()
        elif word == "chain" and token.text == "effect":
            yield Pair("effect", self._take(), self._one_word("what effect it has"))
        elif word == "app" and token.text == "connects":
            self._take()
            if self._take().text != "to":
                raise self._mistake("'to' is expected after 'connects'", self._tokens[self._index - 1])
            yield Pair("connects_to", token, self._one_word("what it connects to"))
            if self._peek.kind == "text":
                yield Pair("database", self._peek, Quoted(self._take()))

    def _using(self) -> Pair:
        token = self._take()
        if self._peek.text == "model" and self._peek_at(1).kind in ("word", "text"):
            self._take()
        if self._peek.kind == "text":
            return Pair("using", token, Quoted(self._take()))
        return Pair("using", token, self._one_word("the name of a model"))

    def _one_word(self, what: str) -> Word:
        token = self._word(what)
        return Word(token, token.text)

    def _filled(self, block: Block) -> Block:
        entries = self._body(block.title, block.token, block.word)
        return Block(block.word, block.token, block.name, block.name_token, tuple(entries), block.extras)

    def _body(self, title: str, first: Token, word: str, margin: int | None = None) -> list[Entry]:
        """What stands in the braces, or indented below a colon."""
        token = self._peek
        if token.is_sign("{"):
            return self._in_braces(title, word)
        if token.is_sign(":") and word not in DECLARATIONS:
            self._take()
            return self._indented(title, first, word, margin or first.column)
        try_ = f"Write: {word} … {{ … }}" if token.is_sign(":") else ""
        raise self._mistake(f"'{{' is expected after {title}, not {token}", token, try_=try_)

    def _in_braces(self, title: str, word: str) -> list[Entry]:
        opening = self._open()
        entries: list[Entry] = []
        while not self._peek.is_sign("}"):
            if self._peek.kind == "end":
                raise self._mistake(f"The '{{' of {title} is never closed", opening, try_="Add the missing '}'.")
            entries.append(self._entry(title, opening, word))
            if self._peek.is_sign(","):
                self._take()
        self._close()
        return entries

    def _indented(self, title: str, first: Token, word: str, margin: int) -> list[Entry]:
        self._deeper(first)
        self._indented_bodies += 1
        entries: list[Entry] = []
        while self._peek.kind != "end" and not self._peek.is_sign("}"):
            if self._peek.line > first.line and self._peek.column <= margin:
                break
            entries.append(self._entry(title, first, word))
            if self._peek.is_sign(","):
                self._take()
        self._depth -= 1
        self._indented_bodies -= 1
        if not entries:
            raise self._mistake(f"Nothing stands below {title}", first, try_="Indent what belongs to it, or use { }.")
        return entries

    def _entry(self, title: str, opening: Token, word: str) -> Entry:
        token = self._peek
        if word in _WITH_STATEMENTS and self._at_statement():
            return self._statement()
        if word in _WITH_STATEMENTS and token.text in ("elif", "else"):
            raise self._no_entry(title, token)
        if self._is_key():
            return self._pair()
        if token.kind == "text":
            return Quoted(self._take())
        if word == "app" and self._at_declaration():
            return self._declaration()
        if self._at_declaration() and self._peek_at(2).text in ("{", "using", "effect"):
            raise self._mistake(
                f"A {token.text} cannot stand inside {title}",
                token,
                try_=f"Is a '}}' missing above? {title[:1].upper()}{title[1:]} begins in line {opening.line}.",
            )
        if token.text == "using" and self._peek_at(1).kind in ("word", "text"):
            return self._using()
        raise self._no_entry(title, token)

    # Statements

    def _at_statement(self) -> bool:
        token, following = self._peek, self._peek_at(1)
        if token.is_sign("-"):
            return following.kind == "word" and following.text in STATEMENTS
        if token.kind != "word" or token.text not in STATEMENTS:
            return False
        if not following.is_sign(":"):
            return True
        return token.text in ("steps", "parallel", "step") and self._opens_statements(2)

    def _opens_statements(self, ahead: int) -> bool:
        """Whether a list of steps stands there, and not a value."""
        token = self._peek_at(ahead)
        if token.is_sign("-"):
            token = self._peek_at(ahead + 1)
        elif token.line == self._peek.line:
            return False
        return token.kind == "word" and (token.text in STATEMENTS or self._peek.text == "step")

    def _statement(self) -> Entry:
        margin = self._peek.column
        if self._peek.is_sign("-"):
            self._take()
        token = self._take()
        match token.text:
            case "if":
                return self._fork(token, margin)
            case "while":
                condition = self._condition(token)
                return Loop("while", token, condition, tuple(self._body("this while", token, "while", margin)))
            case "for":
                return self._for(token, margin)
            case "step":
                name, name_token = self._name()
                block = Block("step", token, name, name_token)
                return Block("step", token, name, name_token, tuple(self._body(block.title, token, "step", margin)))
        return Block(token.text, token, entries=tuple(self._body(f"'{token.text}'", token, token.text, margin)))

    def _fork(self, token: Token, margin: int) -> Fork:
        branches = [self._branch("if", token, self._condition(token), margin)]
        while (word := self._peek).text in ("elif", "else") and word.kind == "word":
            if self._begins_outside(word, margin):
                break
            self._take()
            if word.text == "else" and not (self._peek.text == "if" and self._peek.kind == "word"):
                branches.append(self._branch("else", word, None, margin))
                break
            if word.text == "else":
                self._take()
            branches.append(self._branch("elif", word, self._condition(word), margin))
        return Fork(token, tuple(branches))

    def _begins_outside(self, token: Token, margin: int) -> bool:
        """Whether indentation matters here, and says that the token belongs to something further out."""
        ends_above = self._tokens[self._index - 1].last_line < token.line
        return self._indented_bodies > 0 and ends_above and token.column < margin

    def _branch(self, word: str, token: Token, condition: Phrase | None, margin: int) -> Loop:
        title = f"this {word}"
        return Loop(word, token, condition, tuple(self._body(title, token, word, margin)))

    def _for(self, token: Token, margin: int) -> Loop:
        variable = self._word("the name of the variable")
        if self._take().text != "in":
            raise self._mistake("'in' is expected after the variable", self._tokens[self._index - 1])
        items = self._condition(token)
        return Loop("for", token, items, tuple(self._body("this for", token, "for", margin)), variable.text)

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
