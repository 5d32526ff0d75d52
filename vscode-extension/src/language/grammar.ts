// The TextMate grammar of brace programs, written down once as rules and words: npm run grammar makes the JSON from it.
// Braces nest, but nothing depends on how deeply: after a bracket that is never closed, the next declaration is coloured
// like any other, and a text that is never closed ends with its line, or where the file goes on at the left margin.

import { writeFileSync } from 'node:fs';
import vocabulary from './vocabulary.json';

/** One rule as TextMate has it. */
export interface Rule {
  include?: string;
  name?: string;
  contentName?: string;
  match?: string;
  captures?: Record<string, { name: string }>;
  begin?: string;
  beginCaptures?: Record<string, { name: string }>;
  end?: string;
  endCaptures?: Record<string, { name: string }>;
  patterns?: Rule[];
}

const { raw } = String;
const scope = (name: string) => `${name}.namel3ss`;
const any = (words: readonly string[]) => words.join('|');

// Pieces of expressions

const DECLARATIONS = any(vocabulary.declarations);
const STATEMENTS = any(vocabulary.statements);
const WORD = raw`[^\W\d]\w*`;
const PATH = raw`${WORD}(?:\.${WORD})*`;
const DOUBLE = raw`"(?:[^"\\]|\\.)*"`;
const SINGLE = raw`'(?:[^'\\]|\\.)*'`;
/** What must not stand before a word that means something: a letter, or the dot of a path. */
const ALONE = raw`(?<![\w.])`;
const VALUE_END = raw`(?=[,}\])]|$|${ALONE}(?:${WORD}|${DOUBLE}|${SINGLE})\s*:|${ALONE}(?:${DECLARATIONS}|${STATEMENTS})\b[^:,{}\[\]]*\{)`;
const HEADER_END = raw`(?=[{}:]|$)`;
/** A declaration at the left margin: whatever is still open there was forgotten. */
const DECLARATION_BELOW = raw`(?=^(?:define\s+)?(?:${DECLARATIONS})\s+(?:${WORD}|${DOUBLE}|${SINGLE})[^"']*\{)`;
const COLON_BODY = raw`:\s*(?:$|#|//)`;

// Making rules

function captures(names: Readonly<Record<number, string>>): Record<string, { name: string }> {
  return Object.fromEntries(Object.entries(names).map(([group, name]) => [group, { name: scope(name) }]));
}

function match(expression: string, name: string | Readonly<Record<number, string>>): Rule {
  return typeof name === 'string'
    ? { name: scope(name), match: expression }
    : { match: expression, captures: captures(name) };
}

function include(...names: string[]): Rule[] {
  return names.map((name) => ({ include: `#${name}` }));
}

/** A name, quoted or bare: seven groups. */
const NAME = raw`(?:(")((?:[^"\\]|\\.)*)(")|(')((?:[^'\\]|\\.)*)(')|(${WORD}))`;

function named(first: number, name: string): Record<number, string> {
  const [begin, end] = ['punctuation.definition.string.begin', 'punctuation.definition.string.end'];
  return Object.fromEntries([begin, name, end, begin, name, end, name].map((each, index) => [first + index, each]));
}

function brackets(kind: string, open: string, close: string, patterns: Rule[], otherwise = ''): Rule {
  return {
    begin: `\\${open}`,
    beginCaptures: captures({ 0: `punctuation.section.${kind}.begin` }),
    end: `(\\${close})${otherwise && `|${otherwise}`}`,
    endCaptures: captures({ 1: `punctuation.section.${kind}.end` }),
    patterns,
  };
}

const COMMA = match(',', 'punctuation.separator.comma');

// Declarations and statements

function declaration(words: readonly string[], name: string): Rule {
  return {
    begin: raw`${ALONE}(?:(define)\s+)?(${any(words)})\s+${NAME}`,
    beginCaptures: captures({ 1: 'storage.modifier.define', 2: 'storage.type.$2', ...named(3, `${name}.$2`) }),
    end: HEADER_END,
    patterns: include('comment', 'using', 'header'),
  };
}

function statement(words: string, name: string, more: Readonly<Record<number, string>> = {}): Rule {
  return {
    begin: raw`${ALONE}${words}`,
    beginCaptures: captures({ 1: name, ...more }),
    end: HEADER_END,
    patterns: include('expression'),
  };
}

const CALLED = ['prompt', 'tool', 'chain'];
const blocks: Record<string, Rule> = {
  comment: {
    patterns: [
      {
        name: scope('comment.line.number-sign'),
        match: '(#).*$',
        captures: captures({ 1: 'punctuation.definition.comment' }),
      },
      {
        name: scope('comment.line.double-slash'),
        match: '(//).*$',
        captures: captures({ 1: 'punctuation.definition.comment' }),
      },
      {
        name: scope('comment.block'),
        begin: raw`/\*`,
        beginCaptures: captures({ 0: 'punctuation.definition.comment.begin' }),
        end: raw`\*/`,
        endCaptures: captures({ 0: 'punctuation.definition.comment.end' }),
      },
    ],
  },
  import: {
    patterns: [
      match(raw`^\s*(import)\s+(?:(${DOUBLE}|${SINGLE})|(${PATH}))(?:\s+(as)\s+(${WORD}))?`, {
        1: 'keyword.control.import',
        2: 'string.quoted',
        3: 'entity.name.namespace',
        4: 'keyword.control.import.as',
        5: 'entity.name.namespace.alias',
      }),
      match(raw`^\s*(module)\s+(?:(${DOUBLE}|${SINGLE})|(${PATH}))`, {
        1: 'storage.type.module',
        2: 'string.quoted',
        3: 'entity.name.namespace',
      }),
    ],
  },
  call: {
    begin: raw`^\s*(${WORD})(\.)(ask|run)\s*(\()`,
    beginCaptures: captures({
      1: 'entity.name.type.called',
      2: 'punctuation.accessor',
      3: 'entity.name.function.method',
      4: 'punctuation.section.parens.begin',
    }),
    end: raw`(\))|(?=\})|${DECLARATION_BELOW}`,
    endCaptures: captures({ 1: 'punctuation.section.parens.end' }),
    patterns: include('value'),
  },
  declaration: {
    patterns: [
      declaration(
        vocabulary.declarations.filter((word) => !CALLED.includes(word)),
        'entity.name.type',
      ),
      declaration(CALLED, 'entity.name.function'),
      match(raw`${ALONE}(?:(define)\s+)?(app|memory)(?=\s*\{)`, { 1: 'storage.modifier.define', 2: 'storage.type.$2' }),
    ],
  },
  header: {
    patterns: [
      match(raw`${ALONE}(effect)\s+(${WORD})`, { 1: 'storage.modifier.effect', 2: 'constant.language.effect' }),
      match(raw`${ALONE}(connects)\s+(to)\s+(${WORD})`, {
        1: 'storage.modifier.connects',
        2: 'storage.modifier.connects',
        3: 'entity.name.type.database',
      }),
      ...include('text'),
      match(raw`\.`, 'punctuation.terminator'),
    ],
  },
  using: match(raw`${ALONE}(using)\s+(?:(model)\s+(?=["'\w]))?${NAME}`, {
    1: 'storage.modifier.using',
    2: 'storage.modifier.using',
    ...named(3, 'entity.name.type.llm'),
  }),
  statement: {
    patterns: [
      match(raw`${ALONE}(step)\s+${NAME}(?=\s*[{:])`, {
        1: 'keyword.control.step',
        ...named(2, 'entity.name.function.step'),
      }),
      match(raw`${ALONE}(step|steps|parallel)(?=\s*(?:\{|${COLON_BODY}))`, { 1: 'keyword.control.$1' }),
      match(raw`${ALONE}else(?=\s*(?:\{|if\b|${COLON_BODY}))`, 'keyword.control.conditional'),
      statement(raw`(if|elif)\b(?!\s*:)`, 'keyword.control.conditional'),
      statement(raw`(while)\b(?!\s*:)`, 'keyword.control.loop'),
      statement(raw`(for)\s+(${WORD})\s+(in)\b`, 'keyword.control.loop', {
        2: 'variable.other.loop',
        3: 'keyword.control.loop',
      }),
    ],
  },
  entry: {
    patterns: [
      ...include('comment', 'declaration', 'statement', 'using', 'block-field', 'text', 'block'),
      COMMA,
      match(':', 'punctuation.separator.colon'),
      match(raw`^\s*(-)(?=\s)`, { 1: 'punctuation.definition.list-item' }),
    ],
  },
  block: brackets('block', '{', '}', include('entry')),
  // A block in an object is one whose owner was never closed.
  object: brackets('object', '{', '}', [...include('comment', 'declaration', 'object-field', 'text', 'block'), COMMA]),
};

// Fields and their values

function field(keys: readonly string[], ...value: string[]): Rule {
  return {
    begin: raw`${ALONE}(${any(keys)})\s*(:)`,
    beginCaptures: captures({ 1: 'support.variable.property', 2: 'punctuation.separator.key-value' }),
    end: VALUE_END,
    patterns: include(...value),
  };
}

const FREE_FIELD: Rule = {
  begin: raw`${ALONE}${NAME}\s*(:)`,
  beginCaptures: captures({ ...named(1, 'variable.other.property'), 8: 'punctuation.separator.key-value' }),
  end: VALUE_END,
  patterns: include('value'),
};

/** Where bare words name a declaration. */
function reference(name: string): Rule {
  const plain = [...include('comment', 'text', 'object')];
  const word = match(PATH, name);
  const list = brackets('brackets', '[', ']', [...plain, COMMA, word], raw`(?=\})|${DECLARATION_BELOW}`);
  return { patterns: [...plain, list, ...include('environment', 'type'), word] };
}

function word(words: readonly string[], name: string): Rule {
  return match(raw`${ALONE}(?:${any(words)})\b(?!\s*[.(\[])`, name);
}

const values: Record<string, Rule> = {
  'block-field': { patterns: [...include('special-field'), field(vocabulary.blockFields, 'value'), FREE_FIELD] },
  'object-field': { patterns: [...include('special-field'), field(vocabulary.objectFields, 'value'), FREE_FIELD] },
  'special-field': {
    patterns: [
      field(['when'], 'pattern', 'value'),
      field(['llm', 'llm_name', 'summarizer'], 'llm-reference'),
      field(['target', 'start', 'entry', 'tool', 'tools'], 'reference'),
      field(['prompt', 'instructions', 'system', 'system_prompt'], 'reference'),
      field(['memory', 'policy'], 'policy', 'memory-reference'),
      field(['kind', 'type'], 'kind', 'policy', 'value'),
    ],
  },
  'llm-reference': reference('entity.name.type.llm'),
  'memory-reference': reference('entity.name.type.memory'),
  reference: reference('entity.name.function'),
  policy: word(vocabulary.policies, 'constant.language.policy'),
  kind: word(vocabulary.kinds, 'constant.language.kind'),
  value: { patterns: include('comment', 'text', 'object', 'list', 'parens', 'environment', 'type', 'term') },
  expression: { patterns: include('comment', 'text', 'list', 'parens', 'environment', 'term') },
  list: brackets(
    'brackets',
    '[',
    ']',
    [...include('comment'), COMMA, ...include('value')],
    raw`(?=\})|${DECLARATION_BELOW}`,
  ),
  parens: brackets('parens', '(', ')', [COMMA, ...include('expression')], raw`(?=[{}\]])|${DECLARATION_BELOW}`),
  type: {
    patterns: [
      match(raw`${ALONE}(?:${any(vocabulary.types)})\b(?!\s*[.(])`, 'support.type.primitive'),
      match(raw`${ALONE}enum(?=\s*\[)`, 'support.type.enum'),
    ],
  },
  environment: match(raw`${ALONE}(env)(\.)(${WORD})`, {
    1: 'variable.language.env',
    2: 'punctuation.accessor',
    3: 'variable.other.constant.environment',
  }),
  term: {
    patterns: [
      match(raw`${ALONE}\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])`, 'constant.numeric'),
      match(raw`${ALONE}\d[\w.]*`, 'invalid.illegal.number'),
      match(raw`${ALONE}(?:true|false|True|False)\b`, 'constant.language.boolean'),
      match(raw`${ALONE}(?:null|None)\b`, 'constant.language.null'),
      match(raw`${ALONE}(?:and|or|not|in|contains|matches)\b`, 'keyword.operator.wordlike'),
      match(raw`${ALONE}(?:if|else)\b`, 'keyword.control.conditional'),
      match(raw`(?<!\|)(\|)(?!\|)\s*(?:(${any(vocabulary.functions)})\b|(${WORD}))`, {
        1: 'keyword.operator.filter',
        2: 'support.function.filter',
        3: 'variable.other.readwrite',
      }),
      match(raw`${ALONE}(?:${any(vocabulary.functions)})(?=\s*\()`, 'support.function'),
      match('==|!=|<=|>=|=~|<|>', 'keyword.operator.comparison'),
      match(raw`&&|\|\||!`, 'keyword.operator.logical'),
      match('[-+*/%]', 'keyword.operator.arithmetic'),
      match('=', 'keyword.operator.assignment'),
      match(raw`\?`, 'keyword.operator.optional'),
      match(raw`\|`, 'keyword.operator.union'),
      match(raw`(\.)\s*(${WORD})`, { 1: 'punctuation.accessor', 2: 'variable.other.property' }),
      match(raw`${ALONE}(?:input|payload|steps|loop)\b`, 'variable.language'),
      match(WORD, 'variable.other.readwrite'),
    ],
  },
};

// Texts, with templates in them

const ESCAPE = match(raw`\\(?:u[0-9a-fA-F]{4}|[ntr"'\\{}])`, 'constant.character.escape');

function text(kind: string, quote: string, patterns: Rule[]): Rule {
  return {
    name: scope(kind),
    begin: quote,
    beginCaptures: captures({ 0: 'punctuation.definition.string.begin' }),
    end: `(${quote})|${quote.length === 3 ? DECLARATION_BELOW : '$'}`,
    endCaptures: captures({ 1: 'punctuation.definition.string.end' }),
    patterns,
  };
}

/** A text in a template, which ends where the text around it ends, closed or not. */
function innerText(kind: string, quote: string, end: string): Rule {
  return {
    name: scope(`string.quoted.${kind}`),
    begin: quote,
    beginCaptures: captures({ 0: 'punctuation.definition.string.begin' }),
    end,
    endCaptures: captures({ 1: 'punctuation.definition.string.end' }),
  };
}

const TAG_WORDS = [
  match(raw`${ALONE}(?:if|elif|else|endif)\b`, 'keyword.control.conditional'),
  match(raw`${ALONE}(for)\s+(${WORD})\s+(in)\b`, {
    1: 'keyword.control.loop',
    2: 'variable.other.loop',
    3: 'keyword.control.loop',
  }),
  match(raw`${ALONE}endfor\b`, 'keyword.control.loop'),
];

/** `{{ … }}` and `{% … %}` in a text that ends at `outside`. */
function templates(outside: string, ...texts: Rule[]): Rule[] {
  const one = (open: string, close: string, words: Rule[]): Rule => ({
    name: scope('meta.template.expression'),
    contentName: scope('meta.embedded.line'),
    begin: open,
    beginCaptures: captures({ 0: 'punctuation.definition.template-expression.begin' }),
    end: `(${close})|${outside}`,
    endCaptures: captures({ 1: 'punctuation.definition.template-expression.end' }),
    patterns: [
      ...texts,
      ...words,
      match(raw`[\[\]()]`, 'punctuation.section.brackets'),
      COMMA,
      ...include('environment', 'term'),
    ],
  });
  return [one(raw`\{\{`, raw`\}\}`, []), one(raw`\{%`, raw`%\}`, TAG_WORDS)];
}

const QUOTES = ['"""', "'''", '"', "'"];
const texts: Record<string, Rule> = {
  text: {
    patterns: [
      text(
        'string.quoted.triple',
        '"""',
        templates(
          `(?=""")|${DECLARATION_BELOW}`,
          innerText('double', '"(?!"")', '(")|(?=""")|$'),
          innerText('single', "'", `(')|(?=""")|$`),
        ),
      ),
      text(
        'string.quoted.triple',
        "'''",
        templates(
          `(?=''')|${DECLARATION_BELOW}`,
          innerText('double', '"', `(")|(?=''')|$`),
          innerText('single', "'(?!'')", "(')|(?=''')|$"),
        ),
      ),
      text('string.quoted.double', '"', [
        ...templates(
          raw`(?=(?<!\\)"|$)`,
          innerText('single', "'", `(')|(?="|$)`),
          innerText('double', raw`\\"`, raw`(\\")|(?="|$)`),
        ),
        ESCAPE,
      ]),
      text('string.quoted.single', "'", [
        ...templates(
          raw`(?=(?<!\\)'|$)`,
          innerText('double', '"', `(")|(?='|$)`),
          innerText('single', raw`\\'`, raw`(\\')|(?='|$)`),
        ),
        ESCAPE,
      ]),
    ],
  },
  pattern: { patterns: QUOTES.map((quote) => text('string.regexp', quote, include('regexp'))) },
  regexp: {
    patterns: [
      match(raw`\\\\[\[\]().*+?|{}^$/\w]|\\[^\\]|\\\\`, 'constant.character.escape'),
      match(raw`\(\?(?:[:=!>]|<[=!]|P?<\w+>|[aimsux-]+[:)])?|[()]`, 'keyword.operator.group'),
      match(raw`\[(?:[^\]\\\n"']|\\.)*\]`, 'constant.other.character-class'),
      match(raw`[*+?]\??|\{\d+(?:,\d*)?\}`, 'keyword.operator.quantifier'),
      match(raw`\|`, 'keyword.operator.or'),
      match(raw`[\^$]`, 'keyword.control.anchor'),
    ],
  },
};

/** The grammar, as its file has it. */
export const GRAMMAR = {
  name: 'namel3ss',
  scopeName: 'source.namel3ss.brace',
  patterns: include('import', 'call', 'entry'),
  repository: { ...blocks, ...values, ...texts },
};

/** Where it is kept. */
export const FILE = 'syntaxes/namel3ss.tmLanguage.json';

if (process.argv.includes('--write')) writeFileSync(FILE, `${JSON.stringify(GRAMMAR, null, 2)}\n`);
