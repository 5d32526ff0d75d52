// All of one event: what it is, what went in and what came out. Long texts have their line breaks, conversations read
// like conversations, and everything can be folded. What is very long is cut, and shown whole when asked for.

import { harmless } from '../../traces/harmless';
import { fieldsOf, INVALID, isObject, numberOf, recordOf, textOf, type Fields } from '../../traces/record';
import { cost, counted, duration, size } from '../../traces/amounts';
import { modelOf } from '../../traces/row';
import { button, element, sign } from './elements';

/** What the buttons of the pane do. */
export interface Deeds {
  replayFrom(row: number): void;
  openSource(row: number): void;
  copy(row: number): void;
  openAsText(): void;
}

const TEXT_AT_FIRST = 20_000;
const VALUES_AT_FIRST = 60;
const DEEPEST = 24;
const SHORT = 90;
const SHOWN_ABOVE = new Set(['event_type', 'component', 'component_name', 'error', 'inputs', 'outputs', 'metadata']);

/** Fill the pane with an event. */
export function showEvent(
  pane: HTMLElement,
  row: number,
  text: string,
  bytes: number,
  isCut: boolean,
  deeds: Deeds,
): void {
  const event = recordOf(text);
  const parts: Node[] = event
    ? partsOf(row, event, deeds)
    : [heading(row, isCut ? fieldsOf(text) : { event_type: INVALID }, deeds)];
  if (isCut) {
    const note = element('p', 'note', `This event has ${size(bytes)}; only its beginning is shown here. `);
    note.append(button('Open as text', 'link', deeds.openAsText));
    parts.push(note);
  } else if (!event) parts.push(element('p', 'note', 'This line is no event. It is shown as it stands in the file.'));
  if (!event) parts.push(block(text));
  pane.replaceChildren(...parts);
  pane.scrollTop = 0;
}

function partsOf(row: number, event: Fields, deeds: Deeds): Node[] {
  const parts: Node[] = [heading(row, event, deeds)];
  const error = textOf(event.error);
  if (error !== undefined) parts.push(element('pre', 'error', error));
  const rest = Object.fromEntries(
    Object.entries(event).filter(([key, value]) => !SHOWN_ABOVE.has(key) && value !== null),
  );
  parts.push(
    ...section('Inputs', event.inputs, true),
    ...section('Outputs', event.outputs, true),
    ...section('Metadata', event.metadata, false),
    ...section('Event', rest, false),
  );
  return parts;
}

function heading(row: number, event: Fields, deeds: Deeds): HTMLElement {
  const type = textOf(event.event_type) ?? '';
  const component = textOf(event.component) ?? '';
  const status = textOf(event.status);
  const failed = status === 'failed' || type === 'error_occurred';
  const title = element('h2', `component-${known(component)}`, [sign(component)]);
  title.append(
    element('span', 'name', modelOf(event) ?? textOf(event.component_name) ?? type),
    element('span', 'type', type),
  );
  const took = numberOf(event.duration_ms);
  const facts: [string, string | undefined][] = [
    ['', `#${row}`],
    [failed ? 'status failed' : 'status', status],
    ['', took === undefined ? undefined : duration(took)],
    ['', amount(event.tokens_used, (tokens) => counted(tokens, 'token'))],
    ['', amount(event.cost_estimate, cost)],
    ['', amount(event.memory_usage_mb, (megabytes) => `${megabytes.toFixed(1)} MB of memory`)],
  ];
  const line = element('p', 'chips');
  for (const [kind, said] of facts) if (said !== undefined) line.append(element('span', `chip ${kind}`, said));
  const place = placeOf(event);
  if (place !== undefined) line.append(button(place, 'link', () => deeds.openSource(row), 'Show it in the program'));
  const actions = element('p', 'actions', [
    button('Replay from here', 'primary', () => deeds.replayFrom(row), 'Start a replay that rests at this event'),
    button('Copy as JSON', 'secondary', () => deeds.copy(row)),
  ]);
  return element('header', '', [title, line, actions]);
}

function amount(value: unknown, said: (number: number) => string): string | undefined {
  const number = numberOf(value);
  return number ? said(number) : undefined;
}

function placeOf(event: Fields): string | undefined {
  const source = isObject(event.metadata) ? event.metadata.source : undefined;
  if (!isObject(source)) return undefined;
  const file = textOf(source.file)?.split(/[\\/]/).at(-1);
  return file?.endsWith('.ai') ? `${file}:${numberOf(source.line) ?? 1}` : undefined;
}

function section(name: string, value: unknown, isOpen: boolean): Node[] {
  if (!isObject(value) || Object.keys(value).length === 0) return [];
  const fold = element('details', 'section', [element('summary', '', name)], { open: isOpen });
  fill(fold, () => fields(Object.entries(value), 0));
  return [fold];
}

/** Build what is folded only when it is opened. */
function fill(fold: HTMLDetailsElement, content: () => Node): void {
  let isFilled = false;
  const build = (): void => {
    if (fold.open && !isFilled) {
      isFilled = true;
      fold.append(content());
    }
  };
  fold.addEventListener('toggle', build);
  build();
}

function fields(entries: readonly (readonly [string, unknown])[], depth: number): HTMLElement {
  const list = element('div', 'fields');
  const add = (from: number): void => {
    for (const [key, value] of entries.slice(from, from + VALUES_AT_FIRST)) list.append(field(key, value, depth));
    const rest = entries.length - from - VALUES_AT_FIRST;
    if (rest > 0) {
      const more = button(`Show more (${rest})`, 'link', () => {
        more.remove();
        add(from + VALUES_AT_FIRST);
      });
      list.append(more);
    }
  };
  add(0);
  return list;
}

function field(key: string, value: unknown, depth: number): HTMLElement {
  const name = element('span', 'key', key);
  if (Array.isArray(value) || isObject(value)) {
    if (isConversation(value)) return element('div', 'field', [name, conversation(value, depth)]);
    const entries = Object.entries(value);
    const what = Array.isArray(value) ? counted(value.length, 'value') : counted(entries.length, 'field');
    if (entries.length === 0)
      return element('div', 'field', [name, element('span', 'word', Array.isArray(value) ? '[]' : '{}')]);
    if (depth >= DEEPEST)
      return element('div', 'field', [name, element('span', 'word', `${what}, nested too deep to be shown`)]);
    const fold = element('details', 'field', [element('summary', '', [name, element('span', 'word', what)])], {
      open: entries.length <= VALUES_AT_FIRST && depth < 3,
    });
    fill(fold, () => fields(entries, depth + 1));
    return fold;
  }
  return element('div', 'field', [name, plain(value)]);
}

function plain(value: unknown): HTMLElement {
  if (typeof value !== 'string') return element('span', typeof value === 'number' ? 'number' : 'word', String(value));
  if (value.length <= SHORT && !/[\r\n]/.test(value))
    return element('span', value === '' ? 'word' : 'string', value || 'empty');
  return block(value);
}

/** A long text with its line breaks. */
function block(value: string): HTMLElement {
  const text = element('div', 'text', value.slice(0, TEXT_AT_FIRST));
  if (value.length > TEXT_AT_FIRST) {
    const more = button(`Show all (${counted(value.length, 'character')})`, 'link', () => {
      text.textContent = harmless(value);
    });
    text.append('… ', more);
  }
  return text;
}

function isConversation(value: unknown): value is Fields[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((each) => isObject(each) && textOf(each.role) !== undefined)
  );
}

function conversation(messages: readonly Fields[], depth: number): HTMLElement {
  const list = element('div', 'conversation');
  const shown = messages.slice(-VALUES_AT_FIRST);
  if (shown.length < messages.length)
    list.append(element('p', 'note', `${counted(messages.length - shown.length, 'earlier message')} not shown`));
  for (const message of shown) {
    const { role, content, ...others } = message;
    const said = element('div', `message role-${known(String(role))}`, [element('span', 'role', String(role))]);
    if (typeof content === 'string') said.append(content === '' ? '' : block(content));
    else if (content !== undefined && content !== null) said.append(field('content', content, depth + 1));
    const rest = Object.entries(others).filter(([, value]) => value !== null);
    if (rest.length > 0) said.append(fields(rest, depth + 1));
    list.append(said);
  }
  return list;
}

/** A word that may be part of a class name. */
export function known(word: string): string {
  return /^[a-z_]{1,20}$/.test(word) ? word : 'other';
}
