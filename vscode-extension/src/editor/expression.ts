// Which expression of the debugger's language stands under the pointer in an .ai file. Outside of code that the program
// evaluates itself, a name means the newest result of what it names: a hover on `agent Planner` shows its last answer.

/** An expression, and the characters of the file that it stands for. */
export interface Pointed {
  expression: string;
  start: number;
  end: number;
}

interface Token {
  kind: 'word' | 'text' | 'number' | 'sign';
  text: string;
  start: number;
  end: number;
}

const TOKEN =
  /[^\S\n]+|\n|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<text>"""[\s\S]*?"""|'''[\s\S]*?'''|"(?!"")(?:[^"\\\n]|\\[^\n])*"|'(?!'')(?:[^'\\\n]|\\[^\n])*')|(?<number>\d[\w.]*)|(?<sign>&&|\|\||[^\s])/uy;
const TAG =
  /\{\{(?<hole>(?:[^"'}]|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\}(?!\}))*)\}\}|\{%(?<block>(?:[^"'%]|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|%(?!\}))*)%\}/g;
const LOOP = /\{%\s*(?:for\s+([\p{L}_][\p{L}\p{N}_]*)\s+in\b|(endfor)\b)/gu;

const DECLARATIONS = new Set(['agent', 'tool', 'prompt', 'chain', 'step', 'llm', 'model']);
/** Keys whose value names something that was declared. */
const REFERENCES = new Set([
  'agent', 'agents', 'chain', 'entry', 'llm', 'model', 'prompt', 'start', 'step', 'target', 'tool', 'tools',
]); // prettier-ignore
/** Keys below which stand the names of what is put in. */
const PARAMETERS = new Set(['inputs', 'input', 'parameters', 'params', 'arguments']);
const HEADERS = new Set(['if', 'elif', 'while', 'for']);
const WORDS = new Set([
  'and', 'or', 'not', 'in', 'if', 'elif', 'else', 'endif', 'for', 'endfor', 'while', 'is', 'contains', 'matches',
  'true', 'false', 'null', 'True', 'False', 'None',
]); // prettier-ignore
/** Names by which the adapter means something of the event itself; an input of that name is asked of the frame. */
const TAKEN = new Set([
  'event_type', 'event_id', 'component', 'name', 'status', 'error', 'duration_ms', 'tokens_used', 'cost_estimate',
  'memory_usage_mb', 'inputs', 'outputs', 'metadata', 'moment', 'lane', 'depth', 'event', 'memory', 'tokens', 'cost',
  'calls', 'errors', 'elapsed', 'events', 'frame', 'results',
]); // prettier-ignore

/** The expression under a character of a file; nothing where the program says nothing that has a value. */
export function expressionAt(file: string, offset: number): Pointed | undefined {
  const tokens = tokensOf(file);
  const at = tokens.findIndex((token) => token.start <= offset && offset < token.end);
  const token = tokens[at];
  if (!token) return undefined;
  if (token.kind === 'text') return inText(file, token, offset) ?? asName(tokens, at);
  if (token.kind === 'word' || token.kind === 'number') return asName(tokens, at) ?? inCode(file, tokens, at);
  return undefined;
}

// In a text: what stands in {{ }} and {% %}

function inText(file: string, token: Token, offset: number): Pointed | undefined {
  for (const tag of token.text.matchAll(TAG)) {
    const { hole, block } = tag.groups ?? {};
    const code = hole ?? block ?? '';
    const start = token.start + tag.index + 2;
    if (offset < start || offset >= start + code.length) continue;
    const inner = tokensOf(code).map((each) => ({ ...each, start: each.start + start, end: each.end + start }));
    const at = inner.findIndex((each) => each.start <= offset && offset < each.end);
    const before = token.text.slice(0, tag.index);
    return path(file, inner, at, new Set(loopVariables(before)), block !== undefined);
  }
  return undefined;
}

/** The variables of the loops that are open at the end of a text: no event says what they held. */
function loopVariables(before: string): string[] {
  const open: string[] = [];
  for (const [, variable] of before.matchAll(LOOP)) {
    if (variable === undefined) open.pop();
    else open.push(variable);
  }
  return open;
}

// Outside of texts

/** The name of something declared, where it is declared or referred to; and the name of what is put into it. */
function asName(tokens: readonly Token[], at: number): Pointed | undefined {
  const token = tokens[at];
  if (!token || token.kind === 'number') return undefined;
  const name = token.kind === 'text' ? token.text.replace(/^("""|'''|["'])([^]*)\1$/, '$2') : token.text;
  if (!/^[\p{L}_][\p{L}\p{N}_ -]*$/u.test(name)) return undefined;
  const before = tokens[at - 1];
  const after = tokens[at + 1];
  const pointed = (expression: string): Pointed => ({ expression, start: token.start, end: token.end });
  if (before?.kind === 'word' && DECLARATIONS.has(before.text) && after?.text === '{') return pointed(result(name));
  const key = keyOf(tokens, at);
  if (key !== undefined && REFERENCES.has(key) && !isKey(tokens, at)) return pointed(result(name));
  if (token.kind === 'word' && isKey(tokens, at) && isParameter(tokens, at)) return pointed(rooted(name));
  return undefined;
}

/** The key whose value a token is, or in whose list it stands. */
function keyOf(tokens: readonly Token[], at: number): string | undefined {
  let index = at - 1;
  if (tokens[index]?.text !== ':') {
    while (
      tokens[index] &&
      (tokens[index]?.text === ',' || tokens[index]?.kind === 'word' || tokens[index]?.kind === 'text')
    ) {
      index -= 1;
    }
    if (tokens[index]?.text !== '[') return undefined;
    index -= 1;
  }
  const key = tokens[index]?.text === ':' ? tokens[index - 1] : undefined;
  return key?.kind === 'word' ? key.text : undefined;
}

function isKey(tokens: readonly Token[], at: number): boolean {
  return tokens[at + 1]?.text === ':';
}

/** Whether a key stands where a declaration lists what it takes in; what a step gives is its own affair. */
function isParameter(tokens: readonly Token[], at: number): boolean {
  const [block, outer] = blocksAround(tokens, at);
  return block !== undefined && PARAMETERS.has(block) && (outer === 'prompt' || outer === 'tool' || outer === 'agent');
}

/** The words that opened the braces around a token, innermost first: a key (`inputs: {`) or a declaration. */
function blocksAround(tokens: readonly Token[], at: number): string[] {
  const found: string[] = [];
  let depth = 0;
  for (let index = at - 1; index >= 0; index--) {
    const text = tokens[index]?.text;
    if (text === '}') depth += 1;
    if (text !== '{') continue;
    if (depth) depth -= 1;
    else found.push(opener(tokens, index));
  }
  return found;
}

function opener(tokens: readonly Token[], brace: number): string {
  const before = tokens[brace - 1];
  if (before?.text === ':') return tokens[brace - 2]?.text ?? '';
  const keyword = tokens[brace - 2];
  return keyword && DECLARATIONS.has(keyword.text) ? keyword.text : (before?.text ?? '');
}

/** A path in the head of an `if`, `for` or `while`, or one that begins with what only a chain has. */
function inCode(file: string, tokens: readonly Token[], at: number): Pointed | undefined {
  const token = tokens[at];
  const line = token ? file.lastIndexOf('\n', token.start) : -1;
  const head = tokens.slice(0, at + 1).flatMap((each) => (each.start > line ? [each.text] : []));
  const isHeader = head.some(
    (word, index) => HEADERS.has(word) && (index === 0 || head[index - 1] === '}' || head[index - 1] === 'else'),
  );
  const found = path(file, tokens, at, new Set(), isHeader);
  if (!found) return undefined;
  if (isHeader) return found;
  const root = tokens.findIndex((token) => token.start === found.start);
  const bare = ['steps', 'input', 'payload'].includes(tokens[root]?.text ?? '');
  return bare && !isKey(tokens, at) && [':', ',', '['].includes(tokens[root - 1]?.text ?? '') ? found : undefined;
}

// Paths: steps.plan.output, items[0].title

/** The path up to the name at `at`, as the adapter is to evaluate it. */
function path(
  file: string,
  tokens: readonly Token[],
  at: number,
  unknown: ReadonlySet<string>,
  statement: boolean,
): Pointed | undefined {
  const pointed = tokens[at];
  if (!pointed) return undefined;
  const last = pointed.kind === 'word' ? at : closing(tokens, at);
  const end = tokens[last]?.end;
  const first = rootOf(tokens, last);
  const root = first === undefined ? undefined : tokens[first];
  if (first === undefined || root?.kind !== 'word' || end === undefined) return undefined;
  if (tokens[at + 1]?.text === '(' || tokens[first - 1]?.text === '|') return undefined;
  if (WORDS.has(root.text) || unknown.has(root.text)) return undefined;
  const isVariable = statement && tokens[first - 1]?.text === 'for';
  if (isVariable) return undefined;
  const expression = evaluated(file, tokens.slice(first, last + 1));
  return expression === undefined ? undefined : { expression, start: root.start, end };
}

/** The bracket that closes around a key or an index, when it is all that stands in it. */
function closing(tokens: readonly Token[], at: number): number {
  return tokens[at - 1]?.text === '[' && tokens[at + 1]?.text === ']' && at > 1 ? at + 1 : -1;
}

/** The first token of the path that ends at `last`. */
function rootOf(tokens: readonly Token[], last: number): number | undefined {
  let index = last;
  for (;;) {
    const token = tokens[index];
    if (token?.text === ']') {
      if (tokens[index - 2]?.text !== '[') return undefined;
      index -= 3;
    } else if (token?.kind === 'word' && tokens[index - 1]?.text === '.') {
      index -= 2;
    } else {
      return token?.kind === 'word' ? index : undefined;
    }
  }
}

/** A path of the program in the adapter's words: it knows no `steps`, but every result by its name. */
function evaluated(file: string, tokens: readonly Token[]): string | undefined {
  const [root, dot, step, second, member] = tokens;
  if (!root) return undefined;
  const end = tokens.at(-1)?.end ?? root.end;
  if (root.text !== 'steps') return rooted(root.text) + file.slice(root.end, end);
  if (dot?.text !== '.' || step?.kind !== 'word') return undefined;
  const named = second?.text === '.' ? member?.text : undefined;
  if (named === undefined) return result(step.text) + file.slice(step.end, end);
  return named === 'output' || named === 'result' ? result(step.text) + file.slice(member?.end ?? end, end) : undefined;
}

function result(name: string): string {
  return `results[${JSON.stringify(name)}]`;
}

function rooted(name: string): string {
  return TAKEN.has(name) ? `frame.inputs[${JSON.stringify(name)}]` : name;
}

function tokensOf(file: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(file); match; match = TOKEN.exec(file)) {
    const kind = (['word', 'text', 'number', 'sign'] as const).find((each) => match?.groups?.[each] !== undefined);
    if (kind) tokens.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return tokens;
}
