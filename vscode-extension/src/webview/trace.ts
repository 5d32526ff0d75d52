// The page of the trace editor: the head of the run, its events, and all of the one that was chosen.

import { EVERYTHING, type Filter } from '../traces/filter';
import { harmless } from '../traces/harmless';
import type { Count, Head, ToHost, ToPage } from '../traces/messages';
import { counted, size, whole } from '../traces/amounts';
import { showEvent } from './trace/details';
import { button, element } from './trace/elements';
import { Rows } from './trace/rows';
import { Split } from './trace/split';

interface State {
  filter: Filter;
  row?: number;
  top?: number;
  share?: number;
}

interface Host {
  postMessage(message: ToHost): void;
  getState(): State | undefined;
  setState(state: State): void;
}

declare function acquireVsCodeApi(): Host;

const TYPING_MS = 200;
const PASSING_MS = 40;

const host = acquireVsCodeApi();
const state: State = host.getState() ?? { filter: EVERYTHING };
let generation = 0;
/** The event that is to be chosen again when everything is there. */
let restoring = state.row;
let placing: number | undefined;
let wanted = -1;
let components = '';
let passing: ReturnType<typeof setTimeout> | undefined;
let typing: ReturnType<typeof setTimeout> | undefined;

const status = element('span', 'pill');
const app = element('h1');
const when = element('span', 'when');
const facts = element('dl', 'facts');
const failure = element('pre', 'error');
const problem = element('p', 'problem', [], { role: 'alert' });
const search = element('input', 'search', [], {
  type: 'search',
  placeholder: 'Filter by text ( / )',
  'aria-label': 'Filter events by text',
  spellcheck: 'false',
});
const component = element('select', 'component', [], { 'aria-label': 'Filter events by component' });
const errors = element('button', 'toggle', 'Errors only', { type: 'button', 'aria-pressed': 'false' });
const found = element('span', 'found', [], { role: 'status' });
const progress = element('div', 'progress');
const pane = element('section', 'details', [], { 'aria-label': 'The chosen event', tabindex: 0 });
const rows = new Rows({
  rows: (first, count) => host.postMessage({ type: 'rows', generation, first, count }),
  chosen: (row) => {
    if (row.row === wanted) return;
    wanted = row.row;
    keep({ row: row.row });
    clearTimeout(passing);
    passing = setTimeout(() => host.postMessage({ type: 'event', row: row.row }), PASSING_MS);
  },
  moved: () => {
    restoring = placing = undefined;
  },
});
const split = new Split(rows.root, pane, state.share, (share) => keep({ share }));
const deeds = {
  replayFrom: (row: number) => host.postMessage({ type: 'replayFrom', row }),
  openSource: (row: number) => host.postMessage({ type: 'openSource', row }),
  copy: (row: number) => host.postMessage({ type: 'copy', row }),
  openAsText: () => host.postMessage({ type: 'openAsText' }),
};

document.body.append(
  element('header', 'head', [
    element('div', 'title', [status, app, when]),
    facts,
    element('div', 'actions', [
      button(
        'Replay',
        'primary',
        () => host.postMessage({ type: 'replay' }),
        'Walk through this run, forwards and backwards',
      ),
      button('Open as text', 'secondary', deeds.openAsText),
    ]),
    failure,
  ]),
  element('div', 'bar', [search, component, errors, found, progress], { role: 'search' }),
  problem,
  split.root,
);
search.value = state.filter.text;
errors.setAttribute('aria-pressed', String(state.filter.errorsOnly));
pane.append(element('p', 'empty', 'Choose an event to see all of it.'));
if (state.top !== undefined) rows.scrollWhenThere(state.top);

function keep(part: Partial<State>): void {
  Object.assign(state, part);
  host.setState(state);
}

function filter(part: Partial<Filter>): void {
  restoring = state.row;
  keep({ filter: { ...state.filter, ...part } });
  host.postMessage({ type: 'filter', filter: state.filter });
}

search.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => filter({ text: search.value }), TYPING_MS);
});
component.addEventListener('change', () => filter({ component: component.value }));
errors.addEventListener('click', () => {
  const errorsOnly = !state.filter.errorsOnly;
  errors.setAttribute('aria-pressed', String(errorsOnly));
  filter({ errorsOnly });
});
rows.root.addEventListener('scroll', () => keep({ top: rows.top }));
document.addEventListener('keydown', (event) => {
  const isTyping = event.target === search;
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    search.select();
    search.focus();
  } else if (event.key === 'Escape' && isTyping) {
    search.value = '';
    filter({ text: '' });
    rows.root.focus();
  } else if (event.key === 'Escape' && pane.contains(document.activeElement)) rows.root.focus();
  else if ((event.key === 'Enter' || event.key === 'ArrowDown') && isTyping) {
    rows.root.focus();
    if (rows.place < 0) rows.choose(0);
  } else if (event.key === 'Enter' && event.target === rows.root) pane.focus();
});

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case 'head':
      return showHead(data.head);
    case 'count':
      return showCount(data.count);
    case 'reset':
      generation = data.generation;
      problem.textContent = '';
      return rows.reset();
    case 'rows':
      if (data.generation === generation) rows.take(data.first, data.rows);
      return;
    case 'place':
      if (data.generation !== generation || data.row !== placing || data.place < 0) return;
      if (data.isThere) rows.choose(data.place, 'middle');
      else rows.show(data.place);
      return;
    case 'event':
      if (data.row !== wanted) return;
      showEvent(pane, data.row, data.text, data.bytes, data.isCut, deeds);
      pane.dataset.row = String(data.row);
      return;
    case 'problem':
      problem.textContent = harmless(data.sentence);
  }
});

function showHead(head: Head): void {
  status.className = `pill ${head.status}`;
  status.textContent =
    head.said === 'is being read' ? 'reading…' : head.status === 'unknown' ? 'no status' : head.status;
  status.title = `This run ${head.said}.`;
  app.textContent = harmless(head.app);
  const from = head.program ? `${head.program} · ` : '';
  when.textContent = harmless(`${from}${head.started}`);
  when.title = harmless(head.file);
  failure.textContent = harmless(head.error);
  failure.hidden = head.error === '';
  facts.replaceChildren(
    ...head.facts.map(({ name, value }) =>
      element('div', name === 'Errors' && value !== '0' ? 'bad' : '', [
        element('dt', '', name),
        element('dd', '', value),
      ]),
    ),
  );
}

function showCount(count: Count): void {
  const isWhole = count.progress >= 1;
  const { text, errorsOnly } = state.filter;
  const isFiltered = text.trim() !== '' || errorsOnly || state.filter.component !== '';
  rows.set(count.shown, isWhole ? (isFiltered ? 'No event is like that.' : 'There are no events.') : '');
  progress.hidden = isWhole;
  progress.style.setProperty('--done', `${Math.round(count.progress * 100)}%`);
  const notes = [
    isFiltered ? `${whole(count.shown)} of ${counted(count.events, 'event')}` : counted(count.events, 'event'),
    count.torn > 0 ? `the last line was cut off (${size(count.torn)})` : '',
    count.full ? 'more are not shown' : '',
  ];
  found.textContent = notes.filter(Boolean).join(' · ');
  showComponents(count.components);
  document.body.dataset.events = String(count.events);
  document.body.dataset.shown = String(count.shown);
  document.body.dataset.complete = String(isWhole);
  if (restoring !== undefined && isWhole) {
    placing = restoring;
    host.postMessage({ type: 'place', row: restoring });
    restoring = undefined;
  }
}

function showComponents(names: readonly string[]): void {
  if (names.join() === components) return;
  components = names.join();
  const chosen = state.filter.component;
  const all = chosen !== '' && !names.includes(chosen) ? [...names, chosen] : names;
  component.replaceChildren(
    element('option', '', 'All components', { value: '' }),
    ...all.map((name) => element('option', '', name, { value: name })),
  );
  component.value = chosen;
}

host.postMessage({ type: 'ready', filter: state.filter });
